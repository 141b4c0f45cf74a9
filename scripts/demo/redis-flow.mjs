/**
 * What the demo shows if there is a redis-server: the readings of the machines wait in a stream, two shifts of one
 * consumer group share them, and what each has done goes back to MQTT. Two profiles with equal settings, one connection.
 */
import { credentials } from './broker.mjs';
import { FlowBuilder, fn, sink, source } from './flow-builder.mjs';
import { entry, fromEntry, tally } from './functions.mjs';

export const stream = 'demo:readings';
export const group = 'logbook';

const profiles = { store: 'Redis', 'store-copy': 'Redis (copy)' };

/** @param {{ host: string, port: number }} server */
export function redisFlow({ host, port }) {
  const flow = new FlowBuilder();
  for (const [id, name] of Object.entries(profiles)) flow.nodes.push(profile(id, name, host, port));

  flow.openTab('logbook', '6 Logbook', 'Into a Redis stream, shared by two shifts of a consumer group, back to MQTT.');
  flow.row(
    'keep',
    source('every temperature', 'plant', 'demo/plant/+/temperature', 1),
    fn('name the machine', entry),
    streamSink('readings', 'store'),
  );
  for (const [shift, profileId] of [
    ['shift-1', 'store'],
    ['shift-2', 'store-copy'],
  ]) {
    flow.row(
      shift,
      groupSource(shift.replace('-', ' '), profileId, shift),
      fn('topic of the machine', fromEntry),
      sink('logbook', 'office', '', 1),
    );
  }
  flow.row('logged', source('logbook', 'office', 'demo/logbook/+', 1), fn('tally', tally));
  return flow.nodes;
}

function profile(id, name, host, port) {
  return { id, type: 'pool-redis-profile', name, mode: 'standalone', host, port: String(port), credentials };
}

const streamSink = (name, profileId) => [
  'pool-redis-sink',
  name,
  {
    profile: profileId,
    structure: 'stream',
    key: stream,
    keyType: 'str',
    value: 'payload',
    valueType: 'msg',
    datatype: 'json',
    maxLength: '100000',
    outputs: 0,
  },
];

const groupSource = (name, profileId, consumer) => [
  'pool-redis-source',
  name,
  {
    profile: profileId,
    mode: 'group',
    key: stream,
    group,
    consumer,
    create: true,
    position: '0',
    acknowledge: 'complete',
    datatype: 'json',
    inputs: 0,
  },
];
