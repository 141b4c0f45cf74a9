/**
 * What ioredis notes of subscriptions: it is told as each is confirmed, in the order of the socket, and kept from taking a
 * client for unsubscribed too early. It does so when a count of zero comes with an UNSUBSCRIBE or SUNSUBSCRIBE, but Redis counts sharded channels apart from the others: the end of the last of one sort
 * would silence those of the other sort.
 */
import type { Cluster, Redis } from 'ioredis';
import type { SubscriptionKind } from './shared-name';

/** Told of a confirmation at once; the promise of the command tells it only after what came right behind it. */
export type Confirmed = (kind: SubscriptionKind, name: string) => void;

const KIND_OF: Readonly<Record<string, SubscriptionKind>> = {
  subscribe: 'channel',
  psubscribe: 'pattern',
  ssubscribe: 'sharded',
};

/** To be called before the first SUBSCRIBE; the client then stays in subscriber mode once it is in it. */
export function keepSubscriberMode(client: Redis | Cluster, confirmed: Confirmed): void {
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
      if (!value || value === subscriber) return;
      subscriber = value;
      hear(value, confirmed);
    },
  });
}

/** `add` is called with each confirmation, by the name of its command. */
function hear(subscriptions: object, confirmed: Confirmed): void {
  const add: unknown = Reflect.get(subscriptions, 'add');
  if (typeof add !== 'function') return;
  Reflect.set(subscriptions, 'add', (command: string, name: string) => {
    Reflect.apply(add, subscriptions, [command, name]);
    const kind = KIND_OF[command];
    if (kind) confirmed(kind, name);
  });
}

const KEPT = new WeakSet<object>();
