/** The reader of a source: a list, a sorted set or a stream. */
import { PoolError } from '../../core/errors';
import type { ReaderState, ReadRequest, RedisItem, RedisReader } from '../../drivers/redis/reading';
import type { RedisSession } from '../../drivers/redis/session';
import type { Texts } from '../texts';
import type { SourceCondition, SourceEvents, SourceInput } from './source-input';
import { StallWatch } from './stall-watch';

/** What becomes of the items. */
export interface ItemReceiver {
  take(items: readonly RedisItem[]): void;
  /** Settles when another batch may come. */
  room(): Promise<void>;
  /** The message that goes with an error about an item. */
  raw(item: RedisItem): Record<string, unknown>;
  close(): Promise<void>;
}

export class Reading implements SourceInput {
  /** As the node is set up. */
  readonly #settings: ReadRequest;
  /** As it goes on: a stream from where it has come to. */
  #request: ReadRequest;
  readonly #events: SourceEvents;
  readonly #receiver: ItemReceiver;
  readonly #texts: Texts;
  readonly #watch: StallWatch | undefined;
  #reader: RedisReader | undefined;
  #failure: PoolError | undefined;
  #told: string | undefined;

  /** @param texts of the source node */
  constructor(request: ReadRequest, events: SourceEvents, receiver: ItemReceiver, texts: Texts) {
    this.#settings = request;
    this.#request = request;
    this.#events = events;
    this.#receiver = receiver;
    this.#texts = texts;
    const limit = limitOf(request);
    if (limit > 0) {
      this.#watch = new StallWatch(
        limit,
        () => this.#reader?.unacknowledged ?? 0,
        () => events.changed(),
      );
    }
  }

  get condition(): SourceCondition | undefined {
    if (this.#failure) return { kind: 'failed', error: this.#failure };
    if (this.#reader?.state.kind !== 'active') return { kind: 'pending' };
    if (!this.#watch?.stalled) return undefined;
    const text = this.#texts.text('status.stalled', { count: this.#reader.unacknowledged });
    return { kind: 'status', status: { fill: 'yellow', shape: 'dot', text } };
  }

  /** Reads a stream on where another node, which has stopped, has come to. */
  goOnAfter(former: Reading): void {
    if (isSameStream(this.#settings, former.#settings)) this.#request = carryOn(this.#settings, former.#request);
  }

  bound(session: RedisSession): void {
    try {
      const reader = session.read(this.#request, {
        items: (items) => this.#items(items),
        state: (state) => this.#changed(state),
        problem: (error, item) => this.#events.error(error, item ? this.#receiver.raw(item) : this.#about()),
      });
      this.#reader = reader;
      this.#changed(reader.state);
    } catch (thrown) {
      this.#changed({ kind: 'failed', error: PoolError.from(thrown) });
    }
  }

  unbinding(): void {
    this.#end().catch((thrown: unknown) => this.#events.error(PoolError.from(thrown), this.#about()));
    this.#failure = undefined;
  }

  async close(): Promise<void> {
    this.#watch?.end();
    await this.#end();
    await this.#receiver.close();
  }

  async #end(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    const closed = reader?.close();
    const position = reader?.position;
    if (position !== undefined && this.#request.kind === 'stream') this.#request = { ...this.#request, position };
    await closed;
  }

  /** Settles in the next turn of the event loop or later: the flow has its turn between two batches. */
  async #items(items: readonly RedisItem[]): Promise<void> {
    this.#watch?.note();
    this.#receiver.take(items);
    await new Promise((resolve) => setImmediate(resolve));
    await this.#receiver.room();
  }

  /** A failure is told once, again only when it has been mended in between. */
  #changed(state: ReaderState): void {
    this.#failure = state.kind === 'failed' ? state.error : undefined;
    if (state.kind === 'active') this.#told = undefined;
    if (this.#failure && this.#failure.code !== this.#told) {
      this.#told = this.#failure.code;
      this.#events.error(this.#failure, this.#about());
    }
    this.#events.changed();
  }

  #about(): Record<string, unknown> {
    return { topic: this.#request.key };
  }
}

function isSameStream(one: ReadRequest, other: ReadRequest): boolean {
  if (one.kind !== 'stream' || other.kind !== 'stream') return false;
  return one.key === other.key && one.position === other.position;
}

function carryOn(settings: ReadRequest, former: ReadRequest): ReadRequest {
  return settings.kind === 'stream' && former.kind === 'stream' ? { ...settings, position: former.position } : settings;
}

/** What may be unacknowledged at a time; 0 where nothing is to be acknowledged. */
function limitOf(request: ReadRequest): number {
  if (request.kind === 'reliable-list') return request.maxUnacknowledged ?? 100;
  if (request.kind === 'group' && request.acknowledge === 'settle') return request.maxUnacknowledged ?? 1000;
  return 0;
}
