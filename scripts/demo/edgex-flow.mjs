/**
 * Events of EdgeX on the connections that the rest of the demo has: over the MQTT one, and, if there is a redis-server, over
 * the Redis one, as EdgeX 2 and 3 have it. The EdgeX profiles have no connection of their own.
 */
import { every, FlowBuilder, fn } from './flow-builder.mjs';
import { pump, tally } from './functions.mjs';

/** @param {boolean} hasRedis */
export function edgexFlow(hasRedis) {
  const flow = new FlowBuilder();
  flow.openTab('edgex', '7 EdgeX', 'Events of EdgeX devices, on the very connections of the plain nodes.');
  for (const [bus, busProfile, form] of [['mqtt', 'plant', 'v4'], ...(hasRedis ? [['redis', 'store', 'v3']] : [])]) {
    const id = `edgex-${bus}`;
    flow.nodes.push({
      id,
      type: 'pool-edgex-profile',
      name: `EdgeX on ${bus}`,
      bus,
      [`${bus}Profile`]: busProfile,
      form,
      service: 'device-demo',
    });
    flow.row(`${bus}-events`, every(0.2), fn(`a pump, ${bus}`, pump), edgexSink(`pump, ${bus}`, id));
    flow.row(`${bus}-pumps`, edgexSource(`pumps, ${bus}`, id), fn('tally', tally));
  }
  return flow.nodes;
}

const edgexSink = (name, profile) => [
  'pool-edgex-sink',
  name,
  {
    profile,
    device: 'pump',
    deviceType: 'str',
    deviceProfile: 'pumps',
    deviceProfileType: 'str',
    source: 'all',
    sourceType: 'str',
  },
];

const edgexSource = (name, profile) => [
  'pool-edgex-source',
  name,
  { profile, topic: 'events/device/#', output: 'event', device: 'pump' },
];
