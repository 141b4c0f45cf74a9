/** What an EdgeX source node does: it subscribes to its topic on the bus and sends the events that come. */
import type { Node } from 'node-red';
import type { ConnectionState } from '../../core/connection-state';
import type { DriverSession } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { checkFilter } from '../../edgex/topics';
import type { Borrowing } from '../borrowing';
import type { Legacy } from '../hand-over/hand-over';
import { Inlet } from '../hand-over/inlet';
import { CheckedReaders, readBoolean, readText, type Settings } from '../settings-readers';
import { connectionStatus, problemStatus, refusedFilterStatus, StatusLight } from '../status';
import type { Texts } from '../texts';
import type { EdgexBus } from './edgex-bus';
import type { EdgexAccess } from './edgex-profile-controller';
import { topicBelow } from './edgex-profile-settings';
import { type EventOutput, toFlowMessages } from './event-messages';
import { LARGE_INTEGERS } from './large-integers';
import { nameFilter } from './name-filter';
import type { EdgexSession } from './edgex-session';
import { StandingSubscription, type StandingSubscriptionEvents } from './standing-subscription';

export interface EdgexSourceParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: EdgexAccess;
  /** The texts of the source node. */
  readonly texts: Texts;
}

const readers = new CheckedReaders('EDGEX_INVALID_SOURCE', 'node', 'pool-edgex-source');

interface Arrival {
  readonly topic: string;
  readonly bytes: Buffer;
}

export class EdgexSource implements Legacy {
  readonly #node: Node;
  readonly #bus: EdgexBus;
  readonly #output: EventOutput;
  readonly #status: StatusLight;
  readonly #inlet: Inlet<Arrival>;
  readonly #events: StandingSubscriptionEvents;
  #subscription: StandingSubscription;
  #isBound = false;
  #parked = false;
  readonly #borrowing: Borrowing<DriverSession>;
  #state: ConnectionState | undefined;

  /** @throws PoolError `EDGEX_INVALID_SOURCE`, `EDGEX_INVALID_TOPIC` */
  constructor({ node, settings, profile, texts }: EdgexSourceParts) {
    this.#node = node;
    this.#bus = profile.bus;
    this.#status = new StatusLight(node);
    this.#output = readOutput(settings);
    const filter = readFilter(settings, profile.settings.base);
    this.#inlet = new Inlet({
      handOver: profile.bus.handOver,
      deliver: ({ topic, bytes }) => this.#receive(topic, bytes),
      sizeOf: ({ bytes }) => bytes.length,
      overflowed: (count) => node.warn(texts.text('errors.dropped-while-away', { count })),
    });
    this.#events = {
      message: (topic, bytes) => this.#inlet.push({ topic, bytes }),
      changed: () => this.#show(),
      refused: (error) => node.error(error, { topic: filter }),
      overlapping: (others) => node.warn(texts.text('errors.overlap', { filter, others })),
    };
    this.#subscription = new StandingSubscription(filter, this.#events);
    this.#borrowing = this.#bus.borrow(
      node,
      {
        inherit: (legacy) => this.#inherit(legacy),
        park: () => this.#park(),
        bound: (session) => this.#bound(session),
        unbinding: (keep) => this.#unbinding(keep),
        stateChanged: (state) => {
          this.#state = state;
          this.#show();
        },
        failed: (error) => this.#failed(error),
      },
      readBoolean(settings, 'dedicated', false),
    );
  }

  async close(removed: boolean): Promise<void> {
    await this.#bus.giveBack(this.#borrowing, removed);
  }

  end(): void {
    this.#inlet.clear();
  }

  #inherit(legacy: Legacy): void {
    if (!(legacy instanceof EdgexSource)) return;
    if (legacy.#isBound && legacy.#subscription.filter === this.#subscription.filter) {
      this.#subscription = legacy.#subscription;
      this.#subscription.serve(this.#events);
      this.#isBound = true;
    } else if (legacy.#isBound) {
      this.#subscription.takeOverFrom(legacy.#subscription);
    }
    this.#inlet.takeOver(legacy.#inlet);
  }

  #park(): Legacy {
    this.#parked = true;
    this.#inlet.hold();
    return this;
  }

  #bound(session: EdgexSession): void {
    // Otherwise inherited, with the session it is on.
    if (!this.#isBound) this.#subscription.bound(session);
    this.#isBound = true;
  }

  #unbinding(keep: boolean): void {
    this.#isBound = false;
    this.#subscription.unbinding(keep);
  }

  /** A bad message is an error of its own, once, and never more than that. */
  #receive(topic: string, bytes: Buffer): void {
    let fault: PoolError | undefined;
    try {
      const found = toFlowMessages(topic, bytes, this.#output);
      fault = found.fault;
      // As one sequence: Node-RED copies all but the first, so that they share nothing.
      if (found.messages.length > 0) this.#node.send([[...found.messages]]);
    } catch (thrown) {
      fault = PoolError.from(thrown, 'EDGEX_INVALID_ENVELOPE');
    }
    if (fault) this.#node.error(fault, { topic, payload: Buffer.from(bytes) });
  }

  #show(): void {
    if (this.#parked) return;
    const { texts } = this.#bus;
    const { refusal, filter, isActive } = this.#subscription;
    if (this.#state?.kind !== 'connected') this.#status.show(connectionStatus(this.#state, texts));
    else if (refusal) this.#status.show(refusedFilterStatus(filter, refusal, texts));
    else if (isActive) this.#status.show(connectionStatus(this.#state, texts));
    else this.#status.show(connectionStatus({ kind: 'connecting', since: 0, attempt: 1 }, texts));
  }

  #failed(error: PoolError): void {
    this.#status.show(problemStatus(error, this.#bus.texts));
    this.#node.error(`${error.message} (${error.code})`);
  }
}

function readFilter(settings: Settings, base: string): string {
  const filter = topicBelow(
    base,
    readText(settings, 'topic') || 'events/device/#',
    readBoolean(settings, 'completeTopic', false),
  );
  checkFilter(filter);
  return filter;
}

function readOutput(settings: Settings): EventOutput {
  return {
    output: readers.word(settings, 'output', ['event', 'reading', 'raw']) ?? 'event',
    messageType: readers.word(settings, 'messageType', ['auto', 'event', 'request']) ?? 'auto',
    device: nameFilter(readText(settings, 'device')),
    deviceProfile: nameFilter(readText(settings, 'deviceProfile')),
    source: nameFilter(readText(settings, 'source')),
    largeIntegers: readers.word(settings, 'largeIntegers', LARGE_INTEGERS) ?? 'text',
  };
}
