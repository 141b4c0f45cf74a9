/** What a driver lists for people who look at one connection closely: what it is subscribed to, and what waits. */

/** Something that a connection receives: a topic filter, a channel, a stream, … */
export interface SubscriptionView {
  readonly filter: string;
  /** What it is, where a protocol has several sorts. */
  readonly kind?: string;
  /** Who shares what comes for it, where a protocol has groups of readers. */
  readonly group?: string;
  readonly qos?: number;
  /** How many leases asked for it. */
  readonly nodes: number;
  /** Received for it since the first of them asked. */
  readonly messages: number;
  /** Why the server doesn't serve it. */
  readonly refused?: string;
}

export interface SubscriptionsView {
  readonly listed: readonly SubscriptionView[];
  /** How many there are beyond those that are listed. */
  readonly more: number;
}

/** What waits to be sent. */
export interface QueueView {
  /** Where the connection has several queues. */
  readonly name?: string;
  readonly waiting: number;
  readonly bytes?: number;
  /** Milliseconds since the epoch. */
  readonly oldestAt?: number;
}

/**
 * The first ones of an iterable, and how many more there are.
 *
 * @param size how many there are in all
 */
export function listSome<Item>(
  items: Iterable<Item>,
  size: number,
  limit: number,
  view: (item: Item) => SubscriptionView,
): SubscriptionsView {
  const listed: SubscriptionView[] = [];
  for (const item of items) {
    if (listed.length >= limit) break;
    listed.push(view(item));
  }
  return { listed, more: Math.max(0, size - listed.length) };
}
