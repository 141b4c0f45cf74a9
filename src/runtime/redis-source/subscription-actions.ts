/** What messages tell a dynamic source: to subscribe, to unsubscribe, or to say what it is subscribed to. */
import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import type { SubscribeRequest } from '../../drivers/redis/subscribing';
import type { Subscriptions } from './subscriptions';
import { t } from '../../core/wording';

/**
 * Carries out `msg.action`; false if it is none of these.
 *
 * @throws PoolError `INVALID_SUBSCRIPTION` when `msg.topic` is not a name or an array of names
 */
export function runSubscriptionAction(
  subscriptions: Subscriptions,
  kind: SubscribeRequest['kind'],
  message: NodeMessageInFlow,
  send: (message: NodeMessage) => void,
): boolean {
  const topic: unknown = message.topic;
  switch (message['action']) {
    case 'subscribe':
      for (const name of readNames(topic)) subscriptions.add({ kind, name });
      message['subscriptions'] = subscriptions.names;
      return true;
    case 'unsubscribe':
      for (const name of topic === true ? subscriptions.names : readNames(topic)) subscriptions.remove(name);
      message['subscriptions'] = subscriptions.names;
      return true;
    case 'getSubscriptions':
      message.topic = 'subscriptions';
      message.payload = subscriptions.names;
      send(message);
      return true;
    default:
      return false;
  }
}

function readNames(topic: unknown): string[] {
  const names: unknown[] = Array.isArray(topic) ? topic : [topic];
  if (names.every((name): name is string => typeof name === 'string' && name !== '')) return names;
  throw new PoolError('INVALID_SUBSCRIPTION', t`msg.topic must be the name to subscribe to, or an array of names.`);
}
