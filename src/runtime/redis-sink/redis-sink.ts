/** What a Redis sink node does: write each message, queue it, or say why it can't. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { RedisReply, RedisSession, SendOptions } from '../../drivers/redis/session';
import type { Done } from '../connection-actions';
import { decodeValue } from '../redis-payload';
import { SendingNode, type SendingProfile } from '../sending-node';
import { readBoolean, type Settings } from '../settings-readers';
import type { Texts } from '../texts';
import { type Delivery, deliver } from './deliver';
import { type Plan, RowPlanner } from './row-planner';
import { readSinkSettings, type SinkSettings } from './sink-settings';

/** Node-RED's `send`. */
type Send = (message: NodeMessageInFlow) => void;

export interface RedisSinkParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: SendingProfile<RedisSession>;
  readonly util: NodeAPI['util'];
  /** The texts of the sink node. */
  readonly texts: Texts;
}

export class RedisSink {
  readonly #settings: SinkSettings;
  readonly #planner: RowPlanner;
  readonly #sender: SendingNode<RedisSession>;
  readonly #hasOutput: boolean;
  readonly #options: SendOptions;
  readonly #readResult: (reply: RedisReply) => unknown;

  /** @throws PoolError `REDIS_INVALID_SETTINGS` */
  constructor({ node, settings, profile, util, texts }: RedisSinkParts) {
    this.#settings = readSinkSettings(settings);
    this.#planner = new RowPlanner(util, node, settings, this.#settings);
    this.#hasOutput = Number(settings['outputs']) === 1;
    const { structure, returnsOld, format, resend } = this.#settings;
    // Only the old value of a string is a value of the user's own; all other replies are counts, ids and OK.
    const repliesWithValue = structure === 'string' && returnsOld;
    this.#options = { buffers: repliesWithValue, ...(resend ? { resend } : {}) };
    this.#readResult = (reply) =>
      repliesWithValue && Buffer.isBuffer(reply) ? decodeValue(reply, format) : plain(reply);
    this.#sender = new SendingNode({ node, profile, texts, dedicated: readBoolean(settings, 'dedicated', false) });
  }

  /** Calls `done` once, when the server has answered or the message is given up, and never throws. */
  input(message: NodeMessageInFlow, send: Send, done: Done): void {
    if (this.#sender.runAction(message, done)) return;
    this.#planner.plan(message, (error, plan) => {
      const refused = error ?? (plan && !plan.several ? plan.rows[0]?.error : undefined);
      if (refused || !plan) done(refused);
      else this.#submit(message, plan, send, done);
    });
  }

  async close(removed: boolean): Promise<void> {
    await this.#sender.close(removed);
  }

  #submit(message: NodeMessageInFlow, plan: Plan, send: Send, done: Done): void {
    const delivery: Delivery = {
      plan,
      atOnce: this.#settings.arrays === 'transaction' ? 'transaction' : 'pipeline',
      options: this.#options,
      readResult: this.#readResult,
    };
    const finish = (error: PoolError | undefined, result?: unknown) => {
      try {
        if (this.#hasOutput && result !== undefined) send(withResult(message, result, error));
      } catch (thrown) {
        // What Node-RED can't clone for several wires, say.
        return done(error ?? PoolError.from(thrown));
      }
      done(error);
    };
    this.#sender.submit({
      get bytes() {
        return bytesOf(plan);
      },
      send: (session) => deliver(session, delivery, finish),
      giveUp: done,
    });
  }
}

/** The message itself with the result; a copy if it goes to Catch nodes too, as it came. */
function withResult(message: NodeMessageInFlow, result: unknown, error: PoolError | undefined): NodeMessageInFlow {
  if (error) return { ...message, payload: result };
  message.payload = result;
  return message;
}

/** Replies of the kinds that are no values come as text and numbers. */
function plain(reply: RedisReply): unknown {
  return Buffer.isBuffer(reply) ? reply.toString('utf8') : reply;
}

function bytesOf({ rows }: Plan): number {
  let bytes = 0;
  for (const { commands = [] } of rows) {
    for (const { args } of commands) {
      for (const arg of args) bytes += typeof arg === 'number' ? 8 : Buffer.byteLength(arg);
    }
  }
  return bytes;
}
