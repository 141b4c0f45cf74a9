/**
 * Keeps ioredis from taking a client for unsubscribed too early. It does so when a count of zero comes with an
 * UNSUBSCRIBE or SUNSUBSCRIBE, but Redis counts sharded channels apart from the others: the end of the last of one sort
 * would silence those of the other sort.
 */
import type { Cluster, Redis } from 'ioredis';

/** To be called before the first SUBSCRIBE; the client then stays in subscriber mode once it is in it. */
export function keepSubscriberMode(client: Redis | Cluster): void {
  // A cluster has separate sockets for the two sorts.
  if (client.isCluster) return;
  const condition: unknown = Reflect.get(client, 'condition');
  if (typeof condition !== 'object' || condition === null || KEPT.has(condition)) return;
  KEPT.add(condition);
  let subscriber: unknown = Reflect.get(condition, 'subscriber');
  Object.defineProperty(condition, 'subscriber', {
    enumerable: true,
    get: () => subscriber,
    set: (value: unknown) => {
      if (value) subscriber = value;
    },
  });
}

const KEPT = new WeakSet<object>();
