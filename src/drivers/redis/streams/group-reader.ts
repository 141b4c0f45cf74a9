/**
 * Reads a stream as a consumer of a group: first what this consumer had before and did not acknowledge, then, every
 * while, what others (or itself) have left unacknowledged for long, and new entries. Never more than the window allows.
 * Acknowledgements and the next read go out in one write, and reading does not wait for the former.
 */
import { PoolError } from '../../../core/errors';
import type { GroupRequest, ReadHandlers, RedisItem } from '../reading';
import { Acknowledgements } from './acknowledgements';
import type { Consumers } from './consumers';
import { Claims } from './claims';
import { type GroupEntry, giveUp } from './dead-letter';
import { FIRST_ID } from './entry-id';
import { GroupCommands } from './group-commands';
import { type BatchOwner, HeldBatch, receivedItem } from './group-item';
import { lastDeliveredId } from './last-id';
import { ReadAhead } from './read-ahead';
import { ReadSize } from './read-size';
import { DEFAULT_COUNT, type ReaderTools, StreamReader } from './stream-reader';
import type { StreamEntry } from './stream-replies';
import { t } from '../../../core/wording';

const DEFAULT_WINDOW = 1000;
const DEFAULT_CLAIM_IDLE_MILLIS = 60_000;
const CLAIM_INTERVAL_MILLIS = { min: 1000, max: 30_000 };
const CLOSE_PATIENCE_MILLIS = 900;
/** XPENDING or XCLAIM can't be used. */
const NO_CLAIMS = new Set(['REDIS_NOPERM', 'REDIS_UNKNOWN_COMMAND']);
const SETTLED = Promise.resolve();

export class GroupReader extends StreamReader<GroupRequest> implements BatchOwner {
  readonly #commands: GroupCommands;
  readonly #acknowledgements: Acknowledgements;
  readonly #ahead: ReadAhead;
  readonly #consumers: Consumers;
  readonly #size: ReadSize;
  readonly #window: number;
  readonly #claimIdleMillis: number;
  readonly #claims: Claims;
  /** Sent to this consumer and lost with the connection. */
  readonly #lostOnes: Claims;
  #claimsDenied = false;
  readonly #claimTimer: NodeJS.Timeout | undefined;
  /** With entries that were handed out and are not settled. */
  readonly #held = new Set<HeldBatch>();
  #unacknowledged = 0;
  /** Where to go on reading this consumer's own pending entries; undefined when that is done. */
  #pendingAfter: string | undefined = FIRST_ID;
  #claimDue: boolean;
  /** Reading goes on as soon as an entry is settled. */
  #full = false;
  /** The group was created, and nothing was read since. */
  #mended = false;
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
    this.#ahead = new ReadAhead(this.#commands, this.#acknowledgements);
    this.#size = new ReadSize(request.count ?? DEFAULT_COUNT);
    this.#window = acknowledge === 'receipt' ? Number.POSITIVE_INFINITY : Math.max(1, maxUnacknowledged);
    this.#claimIdleMillis = request.claimIdleMillis ?? DEFAULT_CLAIM_IDLE_MILLIS;
    const inHand = () => consumers.inHand(this);
    this.#claims = new Claims(this.#commands, inHand, this.#claimIdleMillis, false);
    this.#lostOnes = new Claims(this.#commands, inHand, 0, true);
    this.#claimDue = this.#claimIdleMillis > 0;
    if (this.#claimDue) this.#claimTimer = setInterval(() => this.#claimSoon(), this.#claimInterval).unref();
    if (consumers.add(this)) queueMicrotask(() => this.tell(sharedConsumer(request)));
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Adds the ids of what is in the hands of the receiver, or on its way to being acknowledged. */
  collectHeld(ids: Set<string>): void {
    for (const batch of this.#held) batch.collect(ids);
    this.#acknowledgements.collect(ids);
  }

  override connected(): void {
    // The answer to a read under way when the connection broke is pending and was handed out to nobody.
    this.#beginAgain();
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

  settled(batch: HeldBatch, id: string, outcome: 'done' | 'failed'): Promise<void> {
    this.#unacknowledged -= 1;
    if (batch.open === 0) this.#held.delete(batch);
    if (this.#full) {
      this.#full = false;
      setImmediate(() => this.wake());
    }
    return outcome === 'done' ? this.#acknowledgements.add(id) : SETTLED;
  }

  protected async read(): Promise<void> {
    for (;;) {
      try {
        await this.#readOn();
        return;
      } catch (thrown) {
        this.#beginAgain();
        await this.#mend(PoolError.from(thrown));
      }
    }
  }

  async #readOn(): Promise<void> {
    while (this.reading) {
      const room = this.#window - this.#unacknowledged;
      if (this.#ahead.hasNext) {
        // Room for it was left. If it waited for long, others may have claimed it.
        if (this.#claimIdleMillis > 0 && this.#ahead.ageMillis > this.#claimIdleMillis / 2) this.#beginAgain();
        else if (await this.#readNew(room)) return;
        continue;
      }
      this.#full = room <= 0;
      if (this.#full) return;
      if (this.#pendingAfter !== undefined) await this.#readPending(this.#pendingAfter, room);
      else if (this.#claimDue) this.#claimDue = !(await this.#claim(this.#claims, room));
      else if (await this.#readNew(room)) return;
    }
  }

  /** True when there is nothing more for now. */
  async #readNew(room: number): Promise<boolean> {
    const { entries, asked } = await this.#ahead.take(Math.min(this.#size.count, room));
    if (!this.#mayHandOut()) return true;
    const last = entries.at(-1);
    if (last) {
      this.#lastSeen = last.id;
      const handled = this.#handOut(entries, undefined, entries.length === asked && !this.#claimDue);
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
    const last = await lastDeliveredId(parts, this.key, this.request.group);
    // Where it stands must be known to wait for what follows: the bell would ring all the time.
    if (last === undefined) this.polled = true;
    this.#lastSeen = last ?? this.#lastSeen ?? FIRST_ID;
  }

  #beginAgain(): void {
    this.#ahead.drop();
    this.#pendingAfter = FIRST_ID;
    this.#claims.reset();
    this.#lostOnes.reset();
  }

  async #readPending(after: string, room: number): Promise<void> {
    // Reading what is in hand would count as delivering it.
    if (after === FIRST_ID && this.#unacknowledged > 0 && !this.#claimsDenied) {
      if (await this.#claim(this.#lostOnes, room)) this.#pendingAfter = undefined;
      return;
    }
    const asked = Math.min(this.#size.count, room);
    this.#acknowledgements.flush();
    const { entries, deliveries } = await this.#commands.readPending(after, asked);
    if (!this.#mayHandOut()) return;
    this.#pendingAfter = entries.length < asked ? undefined : entries.at(-1)?.id;
    await this.#handOutAgain(entries, deliveries);
  }

  /** True when there is nothing more to claim for now. */
  async #claim(claims: Claims, room: number): Promise<boolean> {
    if (this.#claimsDenied) return true;
    try {
      const { entries, deliveries, missing, finished } = await claims.next(Math.min(room, this.#size.count));
      if (!this.#mayHandOut()) return true;
      // Before Redis 7, entries that were deleted from the stream stay pending.
      if (claims === this.#lostOnes) for (const id of missing) void this.#acknowledgements.add(id);
      await this.#handOutAgain(entries, deliveries);
      return finished;
    } catch (thrown) {
      const error = PoolError.from(thrown);
      if (!NO_CLAIMS.has(error.code)) throw error;
      this.#claimsDenied = true;
      const message = t`Entries of the stream "${this.key}" that nobody acknowledges can't be claimed: ${error.message}`;
      this.tell(new PoolError(error.code, message, { cause: error }));
      return claims === this.#claims;
    }
  }

  /** Entries that were delivered before: some are gone, some are to be given up. */
  async #handOutAgain(entries: readonly StreamEntry[], deliveries: ReadonlyMap<string, number>): Promise<void> {
    const { maxDeliveries = 0 } = this.request;
    const inHand = this.#consumers.inHand(this);
    const good: StreamEntry[] = [];
    for (const entry of entries) {
      const { id, fields } = entry;
      if (inHand.has(id)) continue;
      const times = deliveries.get(id) ?? 1;
      if (!fields) void this.#acknowledgements.add(id);
      else if (maxDeliveries > 0 && times > maxDeliveries) await this.#giveUp({ id, fields, deliveries: times });
      else good.push(entry);
    }
    if (good.length > 0 && this.#mayHandOut()) await this.#handOut(good, deliveries);
  }

  /** @param more read the next batch meanwhile, if there is room for it */
  #handOut(
    entries: readonly StreamEntry[],
    deliveries: ReadonlyMap<string, number> | undefined,
    more = false,
  ): Promise<void> | undefined {
    const { bytes, big } = this.#size.note(entries);
    this.polled ||= big;
    const receipt = this.request.acknowledge === 'receipt';
    const items: RedisItem[] = [];
    const batch = new HeldBatch(this);
    for (const { id, fields = [] } of entries) {
      const times = deliveries?.get(id) ?? 1;
      if (receipt) {
        void this.#acknowledgements.add(id);
        items.push(receivedItem(this.key, id, fields, times));
      } else {
        items.push(batch.add(id, fields, times));
      }
    }
    this.#unacknowledged += batch.open;
    if (batch.open > 0) this.#held.add(batch);
    const { count } = this.#size;
    if (more && this.#window - this.#unacknowledged >= count) this.#ahead.begin(count);
    if (receipt) this.#acknowledgements.flush();
    return this.deliver(items, bytes);
  }

  /** What a read brings after the end stays pending in the group. */
  #mayHandOut(): boolean {
    if (this.closed) return false;
    this.#mended = false;
    this.setState({ kind: 'active' });
    return true;
  }

  async #giveUp(entry: GroupEntry): Promise<void> {
    const problem = await giveUp(this.tools.parts, this.request, entry);
    this.tell(problem, receivedItem(this.key, entry.id, entry.fields, entry.deliveries));
  }

  /** Creates a missing group if that is wanted; throws what is to be told otherwise. */
  async #mend(error: PoolError): Promise<void> {
    const isMended = this.#mended;
    this.#mended = false;
    if (error.code !== 'REDIS_NOGROUP' || isMended) throw error;
    const { key, group, create = true } = this.request;
    if (!create) {
      const message = t`The stream "${key}" has no group "${group}"; create it with XGROUP CREATE, or let it be created.`;
      throw new PoolError('REDIS_NOGROUP', message, { cause: error });
    }
    await this.#commands.create(this.#lastSeen);
    if (this.#lastSeen !== undefined) {
      const message = t`The group "${group}" of the stream "${key}" had gone and was created again; what was pending in it is lost to it.`;
      this.tell(new PoolError('REDIS_NOGROUP', message, { cause: error }));
    }
    this.#lastSeen ??= FIRST_ID;
    this.#mended = true;
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
  const message = t`Two readers are the consumer "${consumer}" of the group "${group}" of the stream "${key}"; give each its own consumer name.`;
  return new PoolError('REDIS_CONSUMER_SHARED', message);
}
