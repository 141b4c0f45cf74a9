/**
 * The lanes of the chaos suite: on each, numbered messages go one way through Node-RED, and something is promised of
 * them. `docs/delivery.md` is where the promises are made.
 */
import type { FlowNode } from '../../bench/processes/embedded-node-red';
import type { LanePromise } from './ledger';
import type { Outside } from './outside';

export interface Lane {
  readonly name: string;
  readonly promise: LanePromise;
  /** Between the source or sink and its server is the proxy that has the faults. */
  readonly faulted: boolean;
  /** The nodes between its ends; those it shares with other lanes (profiles) are in `PROFILES`. */
  readonly nodes: readonly FlowNode[];
  /** Sends one from outside; settles when the server has taken it, which is when the promise begins. */
  readonly send?: (outside: Outside, id: string) => Promise<unknown>;
  /** Tells of all that arrives outside, until the end of the run. */
  readonly observe?: (outside: Outside, received: (id: string) => void) => Promise<void>;
  /** Nothing is promised of what is on its way when Node-RED is killed: it is killed when nothing is. */
  readonly quietAtKill?: boolean;
}

const PLACE = { z: 'tab', x: 100, y: 100 };
const PER_SECOND = 100;

/** From outside through a source to the collector. */
function inward(name: string, source: Record<string, unknown> & { readonly type: string }): readonly FlowNode[] {
  return [
    { id: `source-${name}`, ...PLACE, inputs: 0, datatype: 'string', ...source, wires: [[`step-${name}`]] },
    {
      id: `step-${name}`,
      type: 'function',
      ...PLACE,
      func: 'return msg;',
      outputs: 1,
      libs: [],
      wires: [[`got-${name}`]],
    },
    { id: `got-${name}`, type: 'chaos-collect', ...PLACE, lane: name, wires: [] },
  ];
}

/** From the feed through a sink to whoever observes outside. */
function outward(name: string, sink: Record<string, unknown> & { readonly type: string }): readonly FlowNode[] {
  return [
    { id: `feed-${name}`, type: 'chaos-feed', ...PLACE, lane: name, perSecond: PER_SECOND, wires: [[`sink-${name}`]] },
    { id: `sink-${name}`, ...PLACE, ...sink, wires: [] },
  ];
}

function mqttSource(name: string, profile: string, qos: number, more: object = {}) {
  return inward(name, { type: 'pool-mqtt-source', profile, topic: name, qos: String(qos), datatype: 'utf8', ...more });
}

function mqttSink(name: string, profile: string, qos: number, more: object = {}) {
  return outward(name, { type: 'pool-mqtt-sink', profile, topic: name, qos: String(qos), ...more });
}

function redisSource(name: string, profile: string, mode: string, more: object = {}) {
  return inward(name, { type: 'pool-redis-source', profile, mode, key: name, ...more });
}

function redisSink(name: string, structure: string, more: object = {}) {
  const fields = { structure, key: name, keyType: 'str', value: 'payload', valueType: 'msg', datatype: 'string' };
  return outward(name, { type: 'pool-redis-sink', profile: 'redis', ...fields, ...more });
}

export const LANES: readonly Lane[] = [
  {
    name: 'mqtt-sink-qos1',
    promise: { ordered: true },
    faulted: true,
    nodes: mqttSink('mqtt-sink-qos1', 'mqtt', 1),
    observe: (outside, received) => outside.subscribe('mqtt-sink-qos1', received),
  },
  {
    name: 'mqtt-sink-qos2',
    promise: { ordered: true },
    faulted: true,
    nodes: mqttSink('mqtt-sink-qos2', 'mqtt', 2),
    observe: (outside, received) => outside.subscribe('mqtt-sink-qos2', received),
  },
  {
    name: 'mqtt-source-deploys',
    promise: { exactlyOnce: true, ordered: true },
    faulted: false,
    nodes: mqttSource('mqtt-source-deploys', 'mqtt-direct', 0),
    send: (outside, id) => outside.publish('mqtt-source-deploys', id),
    quietAtKill: true,
  },
  {
    name: 'mqtt-source-kept',
    promise: {},
    faulted: true,
    nodes: mqttSource('mqtt-source-kept', 'mqtt-kept', 1, { acknowledge: 'complete' }),
    send: (outside, id) => outside.publish('mqtt-source-kept', id),
  },
  {
    name: 'mqtt-sink-disk',
    promise: { ordered: true },
    faulted: true,
    nodes: mqttSink('mqtt-sink-disk', 'mqtt', 1, { outbox: 'disk', doneWhen: 'safe' }),
    observe: (outside, received) => outside.subscribe('mqtt-sink-disk', received),
  },
  {
    name: 'redis-push',
    promise: { exactlyOnce: true, ordered: true },
    faulted: true,
    nodes: redisSink('redis-push', 'list', { end: 'right' }),
    observe: (outside, received) => outside.popAll('redis-push', received),
  },
  {
    name: 'redis-publish',
    promise: { exactlyOnce: true, ordered: true },
    faulted: true,
    nodes: redisSink('redis-publish', 'publish'),
    observe: (outside, received) => outside.subscribeRedis('redis-publish', received),
  },
  {
    name: 'redis-group',
    promise: {},
    faulted: true,
    nodes: redisSource('redis-group', 'redis', 'group', {
      ...{ group: 'workers', consumer: 'chaos', position: '0', create: true, acknowledge: 'complete' },
      ...{ field: 'id', maxUnacknowledged: '50', claimIdleSeconds: '5' },
    }),
    send: (outside, id) => outside.redis.xadd('redis-group', '*', 'id', id),
  },
  {
    name: 'redis-reliable-list',
    promise: {},
    faulted: true,
    nodes: redisSource('redis-reliable-list', 'redis', 'reliable-list', {
      acknowledge: 'complete',
      claimIdleSeconds: '5',
    }),
    send: (outside, id) => outside.redis.rpush('redis-reliable-list', id),
  },
  {
    name: 'redis-subscribe-deploys',
    promise: { exactlyOnce: true, ordered: true },
    faulted: false,
    nodes: redisSource('redis-subscribe-deploys', 'redis-direct', 'subscribe'),
    send: (outside, id) => outside.redis.publish('redis-subscribe-deploys', id),
    quietAtKill: true,
  },
  {
    name: 'redis-list-deploys',
    promise: { exactlyOnce: true, ordered: true },
    faulted: false,
    nodes: redisSource('redis-list-deploys', 'redis-direct', 'list'),
    send: (outside, id) => outside.redis.rpush('redis-list-deploys', id),
    quietAtKill: true,
  },
];

export interface Ports {
  readonly mqtt: number;
  readonly mqttDirect: number;
  readonly redis: number;
  readonly redisDirect: number;
}

/** All profiles; the direct ones do without the proxies. */
export function profiles(ports: Ports): readonly FlowNode[] {
  const mqtt = { type: 'pool-mqtt-profile', broker: '127.0.0.1', protocolVersion: '5', autoConnect: true };
  const redis = { type: 'pool-redis-profile', mode: 'standalone', host: '127.0.0.1', autoConnect: true };
  const kept = { clientid: 'chaos-kept', cleansession: false, sessionExpiry: '3600', autoUnsubscribe: false };
  return [
    { id: 'mqtt', ...mqtt, port: String(ports.mqtt), silenceSeconds: '2' },
    { id: 'mqtt-kept', ...mqtt, port: String(ports.mqtt), silenceSeconds: '2', ...kept },
    { id: 'mqtt-direct', ...mqtt, port: String(ports.mqttDirect) },
    { id: 'redis', ...redis, port: String(ports.redis), commandTimeoutSeconds: '4' },
    { id: 'redis-direct', ...redis, port: String(ports.redisDirect) },
  ];
}
