/** What the sidebar knows of the connections: put together from the updates of the runtime. */
import type { LiveDetails, LiveRow, LiveUpdate } from '../../runtime/live/live-message.js';

/** A row with its history, and the state that it is in for those who look. */
export interface Connection extends LiveRow {
  readonly history: readonly number[];
  /** While it is tried again and again, as it was between the attempts: each of them may take a moment only. */
  readonly condition: LiveRow['state'] | 'paused';
}

export interface StateChange {
  readonly connection: Connection;
  readonly before: Connection;
}

/** What an update changed. */
export interface Changes {
  /** New and changed. */
  readonly rows: readonly Connection[];
  /** Connections came or went. */
  readonly otherRows: boolean;
  readonly states: readonly StateChange[];
  readonly details: readonly LiveDetails[];
}

export class Connections {
  readonly #rows = new Map<string, Connection>();
  readonly #details = new Map<string, LiveDetails>();
  #ahead = 0;

  get all(): readonly Connection[] {
    return [...this.#rows.values()];
  }

  get(key: string): Connection | undefined {
    return this.#rows.get(key);
  }

  details(key: string): LiveDetails | undefined {
    return this.#details.get(key);
  }

  /** The clock of the runtime, in Unix milliseconds: that of the browser may be wrong. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** @param received when it came, by the clock of the browser */
  apply(update: LiveUpdate, received = Date.now()): Changes {
    this.#ahead = update.now - received;
    const before = new Map(this.#rows);
    if (update.full) {
      this.#rows.clear();
      this.#details.clear();
    }
    for (const row of update.rows) {
      const known = before.get(row.key);
      const history = row.history ?? known?.history ?? [];
      this.#rows.set(row.key, { ...row, history, condition: conditionOf(row, known) });
    }
    for (const key of update.gone) {
      this.#rows.delete(key);
      this.#details.delete(key);
    }
    for (const details of update.details) this.#details.set(details.key, details);
    const rows = update.rows.flatMap(({ key }) => this.#rows.get(key) ?? []);
    return {
      rows,
      otherRows: before.size !== this.#rows.size || rows.some(({ key }) => !before.has(key)),
      states: rows.flatMap((connection) => {
        const old = before.get(connection.key);
        return old && old.condition !== connection.condition ? [{ connection, before: old }] : [];
      }),
      details: update.details,
    };
  }

  /** What a closed row has shown is not kept. */
  forgetDetails(key: string): void {
    this.#details.delete(key);
  }
}

function conditionOf({ state, paused, downSince }: LiveRow, known: Connection | undefined): Connection['condition'] {
  if (paused) return 'paused';
  if (state !== 'connecting' || downSince === undefined) return state;
  return known?.condition === 'refused' ? 'refused' : 'waiting';
}
