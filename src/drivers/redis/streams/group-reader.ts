/**
 * Reads a stream as a consumer of a group: first what this consumer had before and did not acknowledge, then, every
 * while, what others (or itself) have left unacknowledged for long, and new entries. Never more than the window allows.
 * Acknowledgements and the next read go out in one write, and reading does not wait for the former.
 */
import { PoolError } from '../../../core/errors';
import type { GroupRequest, ReadHandlers, RedisItem } from '../reading';
import { Acknowledgements } from './acknowledgements';
import type { Consumers } from './consumers';
import { type GroupEntry, giveUp } from './dead-letter';
import { FIRST_ID, nextId } from './entry-id';
import { GroupCommands } from './group-commands';
import { GroupItem, type ItemOwner, receivedItem } from './group-item';
import { lastDeliveredId } from './last-id';
import { ReadSize } from './read-size';
import { DEFAULT_COUNT, type ReaderTools, StreamReader } from './stream-reader';
import type { StreamEntry } from './stream-replies';

const DEFAULT_WINDOW = 1000;
const DEFAULT_CLAIM_IDLE_MILLIS = 60_000;
const CLAIM_INTERVAL_MILLIS = { min: 1000, max: 30_000 };
const CLAIM_PAGE = 100;
const CLOSE_PATIENCE_MILLIS = 900;
const SETTLED = Promise.resolve();

export class GroupReader extends StreamReader<GroupRequest> implements ItemOwner {
  readonly #commands: GroupCommands;
  readonly #acknowledgements: Acknowledgements;
  readonly #consumers: Consumers;
  readonly #size: ReadSize;
  readonly #window: number;
  readonly #claimIdleMillis: number;
  readonly #claimTimer: NodeJS.Timeout | undefined;
  /** Handed out and not settled, by id. */
  readonly #held = new Map<string, GroupItem>();
  /** Where to go on reading this consumer's own pending entries; undefined when that is done. */
  #pendingAfter: string | undefined = FIRST_ID;
  #claimDue: boolean;
  /** Reading goes on as soon as an entry is settled. */
  #full = false;
  /** The last entry known to be delivered by the group; undefined while the group was never seen. */
  #lastSeen: string | undefined;

  constructor(
    request: GroupRequest,
    handlers: ReadHandlers,
    tools: ReaderTools,
    consumers: Consumers,
    owing: Set<Acknowledgements>,
  ) {
    super(request, handlers, tools);
    const { key, group, acknowledge, maxUnacknowledged = DEFAULT_WINDOW } = request;
    this.#consumers = consumers;
    this.#commands = new GroupCommands(tools.parts, request);
    this.#acknowledgements = new Acknowledgements(tools.parts, key, group, (error) => this.tell(error), owing);
    this.#size = new ReadSize(request.count ?? DEFAULT_COUNT);
    this.#window = acknowledge === 'receipt' ? Number.POSITIVE_INFINITY : Math.max(1, maxUnacknowledged);
    this.#claimIdleMillis = request.claimIdleMillis ?? DEFAULT_CLAIM_IDLE_MILLIS;
    this.#claimDue = this.#claimIdleMillis > 0;
    if (this.#claimDue) this.#claimTimer = setInterval(() => this.#claimSoon(), this.#claimInterval).unref();
    if (consumers.add(this)) queueMicrotask(() => this.tell(sharedConsumer(request)));
  }

  get unacknowledged(): number {
    return this.#held.size;
  }

  /** Whether the entry is in the hands of this reader's receiver, or on its way to being acknowledged. */
  holds(id: string): boolean {
    return this.#held.has(id) || this.#acknowledgements.has(id);
  }

  override connected(): void {
    // The answer to a read under way when the connection broke is pending and was handed out to nobody.
    this.#pendingAfter = FIRST_ID;
    super.connected();
  }

  override async close(): Promise<void> {
    if (this.closed) return;
    clearInterval(this.#claimTimer);
    this.#consumers.delete(this);
    await super.close();
    const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MILLIS).unref());
    await Promise.race([this.#acknowledgements.drained(), late]);
  }

  settled(item: GroupItem, outcome: 'done' | 'failed'): Promise<void> {
    // Once only; and what was delivered again meanwhile is settled by its new item.
    if (this.#held.get(item.id) !== item) return SETTLED;
    this.#held.delete(item.id);
    if (this.#full) {
      this.#full = false;
      setImmediate(() => this.wake());
    }
    return outcome === 'done' ? this.#acknowledgements.add(item.id) : SETTLED;
  }

  protected async read(): Promise<void> {
    try {
      while (this.reading) {
        const room = this.#window - this.#held.size;
        this.#full = room <= 0;
        if (this.#full) return;
        if (this.#pendingAfter !== undefined) await this.#readPending(this.#pendingAfter, room);
        else if (this.#claimDue) await this.#claim(room);
        else if (await this.#readNew(room)) return;
      }
    } catch (thrown) {
      this.#pendingAfter = FIRST_ID;
      await this.#mend(PoolError.from(thrown));
    }
  }

  /** True when there is nothing more for now. */
  async #readNew(room: number): Promise<boolean> {
    const asked = Math.min(this.#size.count, room);
    this.#acknowledgements.flush();
    const entries = await this.#commands.readNew(asked);
    if (!this.#mayHandOut()) return true;
    const last = entries.at(-1);
    if (last) {
      this.#lastSeen = last.id;
      const handled = this.#handOut(entries, undefined);
      if (handled) await handled;
    } else await this.#findLast();
    if (entries.length === asked || this.#claimDue || !this.reading) return false;
    this.after = this.#lastSeen ?? FIRST_ID;
    this.tools.bell.arm(this);
    return true;
  }

  /** Where to listen from: other consumers of the group may have had what rang. */
  async #findLast(): Promise<void> {
    const { parts } = this.tools;
    if (parts.server?.mode === 'cluster' && this.#lastSeen !== undefined) return;
    this.#lastSeen = (await lastDeliveredId(parts, this.key, this.request.group)) ?? this.#lastSeen ?? FIRST_ID;
  }

  async #readPending(after: string, room: number): Promise<void> {
    const asked = Math.min(this.#size.count, room);
    this.#acknowledgements.flush();
    const { entries, deliveries } = await this.#commands.readPending(after, asked);
    if (!this.#mayHandOut()) return;
    this.#pendingAfter = entries.length < asked ? undefined : entries.at(-1)?.id;
    await this.#handOutAgain(entries, deliveries);
  }

  async #claim(room: number): Promise<void> {
    let start = '-';
    while (this.reading) {
      const rows = await this.#commands.listIdle(start, CLAIM_PAGE, this.#claimIdleMillis);
      const free = rows.filter(
        ({ id, idleMillis }) => idleMillis >= this.#claimIdleMillis && !this.#consumers.hold(this, id),
      );
      if (free.length > 0) {
        const wanted = free.slice(0, Math.min(room, this.#size.count));
        const ids = wanted.map(({ id }) => id);
        const entries = await this.#commands.claim(ids, this.#claimIdleMillis);
        if (!this.#mayHandOut()) return;
        await this.#handOutAgain(entries, new Map(wanted.map(({ id, deliveries }) => [id, deliveries + 1])));
        // The rest when there is room for it.
        if (wanted.length < free.length) return;
      }
      const last = rows.at(-1);
      if (!last || rows.length < CLAIM_PAGE) break;
      start = nextId(last.id);
      room = this.#window - this.#held.size;
      if (room <= 0) return;
    }
    this.#claimDue = false;
  }

  /** Entries that were delivered before: some are gone, some are to be given up. */
  async #handOutAgain(entries: readonly StreamEntry[], deliveries: ReadonlyMap<string, number>): Promise<void> {
    const { maxDeliveries = 0 } = this.request;
    const good: StreamEntry[] = [];
    for (const entry of entries) {
      const { id, fields } = entry;
      if (this.#consumers.hold(this, id)) continue;
      const times = deliveries.get(id) ?? 1;
      if (!fields) void this.#acknowledgements.add(id);
      else if (maxDeliveries > 0 && times > maxDeliveries) await this.#giveUp({ id, fields, deliveries: times });
      else good.push(entry);
    }
    if (good.length > 0 && this.#mayHandOut()) await this.#handOut(good, deliveries);
  }

  #handOut(
    entries: readonly StreamEntry[],
    deliveries: ReadonlyMap<string, number> | undefined,
  ): Promise<void> | undefined {
    const { bytes, big } = this.#size.note(entries);
    this.big ||= big;
    const receipt = this.request.acknowledge === 'receipt';
    const items: RedisItem[] = [];
    for (const { id, fields = [] } of entries) {
      const times = deliveries?.get(id) ?? 1;
      if (receipt) {
        void this.#acknowledgements.add(id);
        items.push(receivedItem(this.key, id, fields, times));
      } else {
        const item = new GroupItem(this.key, id, fields, times, this);
        this.#held.set(id, item);
        items.push(item);
      }
    }
    if (receipt) this.#acknowledgements.flush();
    return this.deliver(items, bytes);
  }

  /** What a read brings after the end stays pending in the group. */
  #mayHandOut(): boolean {
    if (this.closed) return false;
    this.setState({ kind: 'active' });
    return true;
  }

  async #giveUp(entry: GroupEntry): Promise<void> {
    const { key, id, fields, deliveries } = { ...entry, key: this.key };
    try {
      const problem = await giveUp(this.tools.parts, this.request, entry);
      this.tell(problem, receivedItem(key, id, fields, deliveries));
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (error.code === 'REDIS_CONNECTION_LOST') throw error;
      const message = `Entry ${id} of the stream "${key}" can't be given up and stays pending: ${error.message}`;
      this.tell(new PoolError('REDIS_DEAD_LETTER', message, { cause: error }));
    }
  }

  /** Creates a missing group if that is wanted, and reads again; throws what is to be told otherwise. */
  async #mend(error: PoolError): Promise<void> {
    if (error.code !== 'REDIS_NOGROUP') throw error;
    const { key, group, create = true } = this.request;
    if (!create) {
      const message = `The stream "${key}" has no group "${group}"; create it with XGROUP CREATE, or let it be created.`;
      throw new PoolError('REDIS_NOGROUP', message, { cause: error });
    }
    await this.#commands.create(this.#lastSeen);
    if (this.#lastSeen !== undefined) {
      const message = `The group "${group}" of the stream "${key}" had gone and was created again; what was pending in it is lost to it.`;
      this.tell(new PoolError('REDIS_NOGROUP', message, { cause: error }));
    }
    this.#lastSeen ??= FIRST_ID;
    await this.read();
  }

  get #claimInterval(): number {
    return Math.min(CLAIM_INTERVAL_MILLIS.max, Math.max(CLAIM_INTERVAL_MILLIS.min, this.#claimIdleMillis / 2));
  }

  #claimSoon(): void {
    this.#claimDue = true;
    this.wake();
  }
}

function sharedConsumer({ key, group, consumer }: GroupRequest): PoolError {
  const where = `group "${group}" of the stream "${key}"`;
  const message = `Two readers are the consumer "${consumer}" of the ${where}; give each its own consumer name.`;
  return new PoolError('REDIS_CONSUMER_SHARED', message);
}
