/**
 * The rows of all connections, each with the revision in which it changed the last time: what one editor lacks follows
 * from the revisions it has.
 */
import type { ConnectionState } from '../../core/connection-state';
import type { PoolError } from '../../core/errors';
import type { Pool } from '../../core/pool';
import type { ConnectionGlance } from '../../core/snapshot';
import { outboxViews } from '../outbox/outbox-run';
import { clip } from './clip';
import type { HolderBook } from './holders';
import type { LiveReason, LiveRow } from './live-message';
import type { Traffic, TrafficBook } from './traffic';

export interface RowEntry {
  /** Without the history. */
  row: LiveRow;
  readonly traffic: Traffic;
  /** Of the row. */
  revision: number;
  /** In which its state changed. */
  stateRevision: number;
  /** In which the history changed. */
  historyRevision: number;
  samples: number;
}

export class Rows {
  readonly entries = new Map<string, RowEntry>();
  readonly #pool: Pick<Pool, 'glances'>;
  readonly #holders: HolderBook;
  readonly #traffic: TrafficBook;
  readonly #failed: (thrown: unknown) => void;
  #revision = 0;

  /** @param failed told of drivers that throw, which may be anybody's */
  constructor(
    pool: Pick<Pool, 'glances'>,
    holders: HolderBook,
    traffic: TrafficBook,
    failed: (thrown: unknown) => void,
  ) {
    this.#failed = failed;
    this.#pool = pool;
    this.#holders = holders;
    this.#traffic = traffic;
  }

  /** The one that the last refresh has made. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Brings all rows up to date.
   *
   * @param now milliseconds of a clock that never goes back
   * @param measures whether the rates are to be, too
   */
  refresh(now: number, measures: boolean): void {
    this.#revision += 1;
    const outboxes = new Map(outboxViews().map(({ profile, count }) => [profile, count]));
    const present = new Set<string>();
    for (const connection of this.#pool.glances()) {
      const { key } = connection;
      present.add(key);
      const traffic = this.#traffic.of(connection, now);
      if (measures) traffic.measure(now);
      const row = this.#row(connection, traffic, outboxes);
      const known = this.entries.get(key);
      if (known?.traffic === traffic) this.#update(known, row);
      else this.entries.set(key, this.#newEntry(row, traffic));
    }
    for (const key of this.entries.keys()) if (!present.has(key)) this.entries.delete(key);
  }

  #newEntry(row: LiveRow, traffic: Traffic): RowEntry {
    const revision = this.#revision;
    const { samples } = traffic;
    return { row, traffic, revision, stateRevision: revision, historyRevision: revision, samples };
  }

  #update(entry: RowEntry, row: LiveRow): void {
    const { row: before, traffic } = entry;
    if (entry.samples !== traffic.samples) {
      entry.samples = traffic.samples;
      entry.historyRevision = this.#revision;
    }
    if (isSame(before, row)) return;
    entry.row = row;
    entry.revision = this.#revision;
    if (before.state !== row.state || before.since !== row.since || before.paused !== row.paused) {
      entry.stateRevision = this.#revision;
    }
  }

  #row(connection: ConnectionGlance, traffic: Traffic, outboxes: ReadonlyMap<string, number>): LiveRow {
    const { key, address, settings, state, paused, counters, lastError, downSince, leaseCount } = connection;
    const holders = this.#holders.of(connection);
    const waiting = holders.outboxes.map((profile) => outboxes.get(profile)).filter((count) => count !== undefined);
    return {
      key,
      type: settings.type,
      address: clip(address),
      ...stateOf(state),
      ...(downSince === undefined ? {} : { downSince }),
      paused,
      dedicated: settings.dedicated,
      keepOpen: holders.keepers > 0,
      ...(lastError ? { lastError: { ...reasonOf(lastError.error), at: lastError.at } } : {}),
      nodes: leaseCount - holders.outboxes.length,
      profiles: holders.profiles,
      ...(holders.moreProfiles > 0 ? { moreProfiles: holders.moreProfiles } : {}),
      rates: traffic.rates,
      reconnects: Math.max(0, counters.connects - 1),
      queued: this.#queued(connection),
      ...(waiting.length > 0 ? { outbox: waiting.reduce((sum, count) => sum + count, 0) } : {}),
    };
  }

  #queued(connection: ConnectionGlance): number {
    try {
      return connection.queued;
    } catch (thrown) {
      this.#failed(thrown);
      return 0;
    }
  }
}

function stateOf(state: ConnectionState): Pick<LiveRow, 'state' | 'since' | 'reason' | 'attempt' | 'nextAttemptAt'> {
  const { kind, since } = state;
  return {
    state: kind,
    since,
    ...('error' in state ? { reason: reasonOf(state.error) } : {}),
    ...('attempt' in state ? { attempt: state.attempt } : {}),
    ...('nextAttemptAt' in state ? { nextAttemptAt: Math.round(state.nextAttemptAt) } : {}),
  };
}

function reasonOf({ code, message }: PoolError): LiveReason {
  return { code, message: clip(message) };
}

/** What the others follow from is left out: a state begins at its own time, an error has its own, too. */
function isSame(one: LiveRow, other: LiveRow): boolean {
  return (
    one.state === other.state &&
    one.since === other.since &&
    one.paused === other.paused &&
    one.reason?.message === other.reason?.message &&
    one.attempt === other.attempt &&
    one.nextAttemptAt === other.nextAttemptAt &&
    one.lastError?.at === other.lastError?.at &&
    one.lastError?.message === other.lastError?.message &&
    one.keepOpen === other.keepOpen &&
    one.nodes === other.nodes &&
    one.profiles === other.profiles &&
    one.reconnects === other.reconnects &&
    one.queued === other.queued &&
    one.outbox === other.outbox &&
    one.rates.messagesIn === other.rates.messagesIn &&
    one.rates.messagesOut === other.rates.messagesOut &&
    one.rates.bytesIn === other.rates.bytesIn &&
    one.rates.bytesOut === other.rates.bytesOut
  );
}
