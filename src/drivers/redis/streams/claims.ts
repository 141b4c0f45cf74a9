/**
 * Goes through the pending entries of a group, page by page, and makes those this consumer's that nobody has in hand:
 * what any consumer has left lying for long, or what was sent to this one and got lost with the connection. XAUTOCLAIM
 * would count a delivery for entries in hand, too, and says nothing of counts.
 */
import { nextId } from './entry-id';
import type { GroupCommands } from './group-commands';
import type { StreamEntry } from './stream-replies';

const PAGE = 1000;
const START = '-';

export interface Claimed {
  readonly entries: readonly StreamEntry[];
  /** Deliveries by id, this one included. */
  readonly deliveries: ReadonlyMap<string, number>;
  /** Asked for, and not in the stream any more or taken by another. */
  readonly missing: readonly string[];
  /** That was the last page. */
  readonly finished: boolean;
}

export class Claims {
  readonly #commands: GroupCommands;
  readonly #inHand: () => ReadonlySet<string>;
  readonly #idleMillis: number;
  readonly #own: boolean;
  #start = START;

  /** @param own only this consumer's */
  constructor(commands: GroupCommands, inHand: () => ReadonlySet<string>, idleMillis: number, own: boolean) {
    this.#commands = commands;
    this.#inHand = inHand;
    this.#idleMillis = idleMillis;
    this.#own = own;
  }

  /** Begins again. */
  reset(): void {
    this.#start = START;
  }

  /** Claims from the next page, `count` entries at most. */
  async next(count: number): Promise<Claimed> {
    const rows = await this.#commands.listPending(this.#start, PAGE, this.#idleMillis, this.#own);
    const inHand = this.#inHand();
    const free = rows.filter(({ id, idleMillis }) => idleMillis >= this.#idleMillis && !inHand.has(id));
    const wanted = free.slice(0, count);
    const last = wanted.length < free.length ? wanted.at(-1) : rows.at(-1);
    const finished = wanted.length === free.length && rows.length < PAGE;
    this.#start = finished || !last ? START : nextId(last.id);
    const ids = wanted.map(({ id }) => id);
    const entries = ids.length > 0 ? await this.#commands.claim(ids, this.#idleMillis) : [];
    const claimed = new Set(entries.map(({ id }) => id));
    return {
      entries,
      deliveries: new Map(wanted.map(({ id, deliveries }) => [id, deliveries + 1])),
      missing: ids.filter((id) => !claimed.has(id)),
      finished,
    };
  }
}
