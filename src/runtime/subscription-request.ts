/** What `msg.topic` of a subscribe or unsubscribe action asks for. */
import { PoolError } from '../core/errors';
import type { SubscribeOptions } from '../drivers/mqtt/session';
import { isPlainObject } from './settings-readers';
import { t } from '../core/wording';

/** One subscription of a dynamic source, in the fields of the core node; `getSubscriptions` lists these. */
export interface SubscriptionRequest {
  topic: string;
  qos?: unknown;
  nl?: unknown;
  rap?: unknown;
  rh?: unknown;
  datatype?: unknown;
  [field: string]: unknown;
}

/** @throws PoolError `INVALID_SUBSCRIPTION` when it is not a filter, an object with `topic`, or an array of these */
export function readSubscriptions(topic: unknown): SubscriptionRequest[] {
  return (Array.isArray(topic) ? topic : [topic]).map((item: unknown) => {
    if (typeof item === 'string') return { topic: item };
    if (isPlainObject(item) && typeof item['topic'] === 'string') return { ...item, topic: item['topic'] };
    throw new PoolError(
      'INVALID_SUBSCRIPTION',
      t`msg.topic must be a topic filter, an object such as {"topic": "a/b", "qos": 1}, or an array of these.`,
    );
  });
}

export type Subscribing = Required<Pick<SubscribeOptions, 'qos' | 'noLocal' | 'retainAsPublished' | 'retainHandling'>>;

/**
 * The options of a subscription as flow JSON or a message gives them; unset ones get the defaults of the caller.
 *
 * @throws PoolError `MQTT_INVALID_QOS`
 */
export function readSubscribing(request: Omit<SubscriptionRequest, 'topic'>, defaults: Subscribing): Subscribing {
  return {
    qos: readQos(request.qos, defaults.qos),
    noLocal: readFlag(request.nl, defaults.noLocal),
    retainAsPublished: readFlag(request.rap, defaults.retainAsPublished),
    retainHandling: readRetainHandling(request.rh, defaults.retainHandling),
  };
}

/** The same subscription as `getSubscriptions` shows it; the MQTT 5 options only where they can count. */
export function describeSubscription(
  request: SubscriptionRequest,
  options: Subscribing,
  speaksV5: boolean,
): SubscriptionRequest {
  const { nl, ...rest } = request;
  if (!speaksV5) return { ...request, qos: options.qos };
  const noLocal = nl === undefined || nl === null ? {} : { nl: options.noLocal };
  return { ...rest, qos: options.qos, rh: options.retainHandling, rap: options.retainAsPublished, ...noLocal };
}

function readQos(value: unknown, fallback: 0 | 1 | 2): 0 | 1 | 2 {
  if (value === undefined || value === null || value === '') return fallback;
  const qos = Number(value);
  if (qos === 0 || qos === 1 || qos === 2) return qos;
  throw new PoolError('MQTT_INVALID_QOS', t`The QoS of a subscription must be 0, 1 or 2.`);
}

function readFlag(value: unknown, fallback: boolean): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return fallback;
}

/** Anything but 0, 1 or 2 is taken as not given, as in the core node. */
function readRetainHandling(value: unknown, fallback: 0 | 1 | 2): 0 | 1 | 2 {
  const handling = Number.parseInt(String(value), 10);
  return handling === 0 || handling === 1 || handling === 2 ? handling : fallback;
}
