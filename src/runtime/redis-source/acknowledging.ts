/** When items that were read are acknowledged: at once, when the flow is done with them, or when a message says so. */
import type { NodeAPI } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisItem } from '../../drivers/redis/reading';
import { FlowFollower } from '../flow-completion/flow-follower';
import type { HandOver } from '../hand-over/hand-over';
import type { SourceMessage } from './source-messages';
import { isAcknowledged, type SourceSettings } from './source-settings';
import { t } from '../../core/wording';

type Outcome = 'done' | 'failed';

/** What a message was made of. */
export type MessageItems = RedisItem | readonly RedisItem[];

/** How long a node that is closed waits for the flow to finish what it has. */
const DRAIN_MILLIS = 2000;

/** Sends messages and sees to the items they were made of. */
export interface Acknowledging {
  hand(message: SourceMessage, items: MessageItems): void;
  /** What a message of the flow says; undefined where only the source itself acknowledges. */
  settle?(handle: unknown, outcome: Outcome): void;
  /** Waits a little for what is still under way. */
  close(): Promise<void>;
}

export interface AcknowledgingParts {
  readonly RED: Pick<NodeAPI, 'hooks' | 'util'>;
  readonly handOver: Pick<HandOver, 'closing'>;
  readonly settings: SourceSettings;
  readonly send: (message: SourceMessage) => void;
}

export function newAcknowledging(parts: AcknowledgingParts): Acknowledging {
  if (!isAcknowledged(parts.settings)) return new OnReceipt(parts);
  return parts.settings.acknowledge === 'manual' ? new ByHand(parts) : new OnCompletion(parts);
}

/** Settles all items of a message, together. What can't be acknowledged is told by the reader. */
function settleAll(items: MessageItems, outcome: Outcome): void {
  if ('length' in items) for (const item of items) void item.settle?.(outcome);
  else void items.settle?.(outcome);
}

class OnReceipt implements Acknowledging {
  readonly #send: (message: SourceMessage) => void;

  constructor({ send }: AcknowledgingParts) {
    this.#send = send;
  }

  hand(message: SourceMessage, items: MessageItems): void {
    settleAll(items, 'done');
    this.#send(message);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class OnCompletion implements Acknowledging {
  readonly #follower: FlowFollower<SourceMessage, MessageItems>;

  constructor({ RED, handOver, send }: AcknowledgingParts) {
    const settled = (items: MessageItems, outcome: Outcome) => {
      // Nodes that are being closed, a Delay node say, are done with what they drop: it stays pending.
      if (!handOver.closing) settleAll(items, outcome);
    };
    this.#follower = new FlowFollower(RED.hooks, { send, settled });
  }

  hand(message: SourceMessage, items: MessageItems): void {
    this.#follower.follow(message, items);
  }

  async close(): Promise<void> {
    await this.#follower.drain(DRAIN_MILLIS);
    this.#follower.close();
  }
}

/** Messages carry `msg.redis.acknowledge`; the input of the node takes it back. */
class ByHand implements Acknowledging {
  readonly #parts: AcknowledgingParts;
  readonly #waiting = new Map<string, MessageItems>();

  constructor(parts: AcknowledgingParts) {
    this.#parts = parts;
  }

  hand(message: SourceMessage, items: MessageItems): void {
    const handle = this.#parts.RED.util.generateId();
    this.#waiting.set(handle, items);
    message.redis['acknowledge'] = handle;
    this.#parts.send(message);
  }

  settle(handle: unknown, outcome: Outcome): void {
    const items = typeof handle === 'string' ? this.#waiting.get(handle) : undefined;
    if (typeof handle !== 'string' || !items) {
      throw new PoolError(
        'REDIS_NOT_PENDING',
        t`Nothing waits for this acknowledgement; pass on msg.redis as the source has sent it, and acknowledge it once.`,
      );
    }
    this.#waiting.delete(handle);
    settleAll(items, outcome);
  }

  close(): Promise<void> {
    this.#waiting.clear();
    return Promise.resolve();
  }
}
