/** The commands of one consumer of a group. */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { GroupRequest } from '../reading';
import { compareIds, FIRST_ID, nextId } from './entry-id';
import { lastIdOf } from './last-id';
import { entriesIn, entriesOf, pendingRows, type PendingRow, type StreamEntry } from './stream-replies';

export interface PendingPage {
  readonly entries: readonly StreamEntry[];
  /** Deliveries by id, this one included. */
  readonly deliveries: ReadonlyMap<string, number>;
}

export class GroupCommands {
  readonly #parts: ConnectionParts;
  readonly #request: GroupRequest;

  constructor(parts: ConnectionParts, request: GroupRequest) {
    this.#parts = parts;
    this.#request = request;
  }

  /** Entries that the group has given to nobody yet. */
  async readNew(count: number): Promise<StreamEntry[]> {
    const { key, group, consumer } = this.#request;
    return entriesOf(
      await this.#parts.run('XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', key, '>'),
    );
  }

  /** Entries given to this consumer before and not acknowledged. This counts as one more delivery. */
  async readPending(after: string, count: number): Promise<PendingPage> {
    const { key, group, consumer } = this.#request;
    const read = this.#parts.run('XREADGROUP', 'GROUP', group, consumer, 'COUNT', count, 'STREAMS', key, after);
    const counts = this.#parts.run('XPENDING', key, group, nextId(after), '+', count, consumer).catch(() => []);
    const [entries, rows] = await Promise.all([read, counts]);
    return {
      entries: entriesOf(entries),
      deliveries: new Map(pendingRows(rows).map((row) => [row.id, row.deliveries])),
    };
  }

  /** What any consumer, or this one, has had for longer than `idleMillis` without acknowledging it, from an id on. */
  async listPending(start: string, count: number, idleMillis: number, own: boolean): Promise<readonly PendingRow[]> {
    const { key, group, consumer } = this.#request;
    const idle = this.#knowsIdle && idleMillis > 0 ? ['IDLE', idleMillis] : [];
    const whose = own ? [consumer] : [];
    return pendingRows(await this.#parts.run('XPENDING', key, group, ...idle, start, '+', count, ...whose));
  }

  /** Makes such entries this consumer's own, unless another was faster. */
  async claim(ids: readonly string[], idleMillis: number): Promise<StreamEntry[]> {
    const { key, group, consumer } = this.#request;
    return entriesIn(await this.#parts.run('XCLAIM', key, group, consumer, idleMillis, ...ids));
  }

  /**
   * Creates the group, and the stream if it is missing.
   *
   * @param lastSeen of the group before, if it is one that has gone: the new one goes on there
   */
  async create(lastSeen: string | undefined): Promise<void> {
    const { key, group } = this.#request;
    const position = await this.#positionAfter(lastSeen);
    try {
      await this.#parts.run('XGROUP', 'CREATE', key, group, position, 'MKSTREAM');
    } catch (thrown) {
      // Another consumer was faster.
      if (PoolError.from(thrown).code !== 'REDIS_BUSYGROUP') throw thrown;
    }
  }

  async #positionAfter(lastSeen: string | undefined): Promise<string> {
    if (lastSeen === undefined) return this.#request.position ?? '$';
    const last = await lastIdOf(this.#parts, this.#request.key);
    // A stream that was deleted, too, begins anew.
    return last === undefined || compareIds(last, lastSeen) < 0 ? FIRST_ID : lastSeen;
  }

  /** Since Redis 6.2. */
  get #knowsIdle(): boolean {
    const [major = 0, minor = 0] = (this.#parts.server?.version ?? '').split('.').map(Number);
    return major > 6 || (major === 6 && minor >= 2);
  }
}
