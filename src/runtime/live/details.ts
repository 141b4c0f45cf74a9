/** What opened rows show beyond the row itself, made anew once a second while somebody has them open. */
import type { ConnectionGlance } from '../../core/snapshot';
import type { QueueView, SubscriptionsView, SubscriptionView } from '../../core/views';
import type { Pool } from '../../core/pool';
import { outboxViews } from '../outbox/outbox-run';
import { crowdOf } from '../pressure/crowded-sources';
import { clip } from './clip';
import type { HolderBook } from './holders';
import type { LiveDetails, LiveQueue, LiveSubscription } from './live-message';

/** Subscriptions and queues in the details of one connection, at most. */
const MOST_SUBSCRIPTIONS = 1000;
const MOST_QUEUES = 100;
const NONE: SubscriptionsView = { listed: [], more: 0 };

export interface DetailsEntry {
  details: LiveDetails;
  /** In which they changed the last time. */
  revision: number;
  /** About how many characters they are on the wire. */
  size: number;
  /** What it was made of, but for the nodes. */
  text: string;
}

export class DetailsBook {
  readonly entries = new Map<string, DetailsEntry>();
  readonly #pool: Pick<Pool, 'glance'>;
  readonly #holders: HolderBook;
  readonly #failed: (thrown: unknown) => void;

  /** @param failed told of drivers that throw, which may be anybody's */
  constructor(pool: Pick<Pool, 'glance'>, holders: HolderBook, failed: (thrown: unknown) => void) {
    this.#failed = failed;
    this.#pool = pool;
    this.#holders = holders;
  }

  /**
   * Brings those of the opened rows up to date, and forgets all others.
   *
   * @param onlyNew leave those that were made before as they are
   */
  refresh(keys: ReadonlySet<string>, revision: number, onlyNew: boolean): void {
    for (const key of this.entries.keys()) if (!keys.has(key)) this.entries.delete(key);
    for (const key of keys) {
      const connection = this.#pool.glance(key);
      if (!connection) this.entries.delete(key);
      else if (!onlyNew || !this.entries.has(key)) this.#update(connection, revision);
    }
  }

  #update(connection: ConnectionGlance, revision: number): void {
    const { key } = connection;
    const nodes = this.#holders.users(connection);
    const { outboxes } = this.#holders.of(connection);
    const { listed, more } = this.#try(() => connection.subscriptions(MOST_SUBSCRIPTIONS)) ?? NONE;
    const subscriptions = listed.slice(0, MOST_SUBSCRIPTIONS).map(subscriptionOf);
    const memory = (this.#try(() => connection.queues) ?? []).map((queue) => queueOf(queue, 'memory'));
    const queues = [...memory, ...this.#disk(outboxes), ...sources(nodes)].slice(0, MOST_QUEUES);
    const text = JSON.stringify([subscriptions, more, queues]);
    const known = this.entries.get(key);
    if (known?.text === text && known.details.nodes === nodes) return;
    const moreNodes = connection.leaseCount - outboxes.length - nodes.length;
    const details: LiveDetails = {
      key,
      nodes,
      ...(moreNodes > 0 ? { moreNodes } : {}),
      subscriptions,
      ...(more > 0 ? { moreSubscriptions: more } : {}),
      queues,
    };
    const nodesSize = known?.details.nodes === nodes ? known.size - known.text.length : JSON.stringify(nodes).length;
    this.entries.set(key, { details, revision, size: text.length + nodesSize, text });
  }

  #try<T>(call: () => T): T | undefined {
    try {
      return call();
    } catch (thrown) {
      this.#failed(thrown);
      return undefined;
    }
  }

  #disk(profiles: readonly string[]): LiveQueue[] {
    if (profiles.length === 0) return [];
    return outboxViews()
      .filter(({ profile }) => profiles.includes(profile))
      .map(({ profile, count, bytes, oldest }) => ({
        name: this.#holders.profile(profile).name ?? profile,
        waiting: count,
        bytes,
        ...(oldest === undefined ? {} : { oldestAt: oldest }),
        kind: 'disk',
      }));
  }
}

function subscriptionOf({ filter, refused, ...rest }: SubscriptionView): LiveSubscription {
  return { filter: clip(filter), ...rest, ...(refused === undefined ? {} : { refused: clip(refused) }) };
}

function* sources(nodes: LiveDetails['nodes']): Generator<LiveQueue> {
  for (const { id, name = id } of nodes) {
    const crowd = crowdOf(id);
    if (crowd) yield queueOf({ ...crowd, name }, 'source');
  }
}

function queueOf({ name = '', ...rest }: QueueView, kind: LiveQueue['kind']): LiveQueue {
  return { name: clip(name), ...rest, kind };
}
