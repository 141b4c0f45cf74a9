/** What messages tell a dynamic MQTT source: to subscribe, to unsubscribe, or to say what it is subscribed to. */
import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import { parseTopicFilter } from '../drivers/mqtt/topic-filter';
import type { MqttEntry, MqttSubscriptions } from './mqtt-subscriptions';
import { describeSubscription, readSubscriptions, type SubscriptionRequest } from './subscription-request';

export interface SubscriptionActionParts {
  readonly subscriptions: MqttSubscriptions;
  /** Checks a request; throws what is wrong with it. */
  readonly entry: (request: SubscriptionRequest) => MqttEntry;
  /** Whether the options of MQTT 5 can count. */
  readonly speaksV5: boolean;
}

/**
 * Carries out `msg.action`; false if it is none of these.
 *
 * @throws PoolError `INVALID_SUBSCRIPTION`, `MQTT_INVALID_FILTER` or `MQTT_INVALID_QOS`; then nothing is changed
 */
export function runSubscriptionAction(
  { subscriptions, entry, speaksV5 }: SubscriptionActionParts,
  message: NodeMessageInFlow,
  send: (message: NodeMessage) => void,
): boolean {
  const list = (): SubscriptionRequest[] =>
    subscriptions.entries.map(({ request, options }) => describeSubscription(request, options, speaksV5));
  switch (message['action']) {
    case 'subscribe': {
      // All or none: everything is checked before the first is subscribed.
      const entries = readSubscriptions(message.topic).map(entry);
      for (const wanted of entries) subscriptions.add(wanted);
      message['subscriptions'] = list();
      return true;
    }
    case 'unsubscribe': {
      const requests = (message.topic as unknown) === true ? list() : readSubscriptions(message.topic);
      for (const { topic } of requests) parseTopicFilter(topic);
      for (const { topic } of requests) subscriptions.end(topic);
      message['subscriptions'] = list();
      return true;
    }
    case 'getSubscriptions':
      message.topic = 'subscriptions';
      message.payload = list();
      send(message);
      return true;
    default:
      return false;
  }
}
