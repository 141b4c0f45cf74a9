/**
 * (w) Ten thousand messages at once into a sink whose outbox is on disk, against the same in memory, with the server up. What
 * is acknowledged within milliseconds needn't be written at all; behind a path of 50 ms everything is. Measured until all
 * are done and delivered.
 */
import { FaultProxy } from '../../test/support/fault-proxy';
import type { BenchCase, Row, Settings } from '../bench';
import { Flow } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';
import { RedisFlow } from '../redis/flow';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIDES = ['memory', 'delivered', 'safe'] as const;
type Side = (typeof SIDES)[number];
type Protocol = 'MQTT, QoS 1' | 'Redis, RPUSH';

const MESSAGES = 10_000;
const PAYLOAD = 'x'.repeat(64);
/** Half of the round trip. */
const ONE_WAY_MILLIS = 25;
const TARGET_RATE = 5_000;
const TARGET_RATIO = 0.5;
const WARM_UPS = 3;

type Rates = Record<Side, number[]>;

export const outbox: BenchCase = {
  letter: 'w',
  title: `Outbox: ${MESSAGES} messages of ${PAYLOAD.length} bytes at once, on disk and in memory`,
  run: async (settings) => {
    const rows: Row[] = [];
    const raw: Record<string, Rates> = {};
    for (const protocol of ['MQTT, QoS 1', 'Redis, RPUSH'] as const) {
      for (const oneWayMillis of [0, ONE_WAY_MILLIS]) {
        const what = oneWayMillis > 0 ? `${protocol}, ${2 * oneWayMillis} ms round trip` : protocol;
        settings.progress(what);
        const rates: Rates = { memory: [], delivered: [], safe: [] };
        await withResources((resources) => measure(resources, protocol, oneWayMillis, settings, rates));
        raw[what] = rates;
        rows.push(...toRows(what, rates, oneWayMillis === 0));
      }
    }
    return { rows, raw };
  },
};

async function measure(
  resources: Resources,
  protocol: Protocol,
  oneWayMillis: number,
  { rounds }: Settings,
  rates: Rates,
): Promise<void> {
  const server = protocol === 'Redis, RPUSH' ? await resources.redis() : await resources.broker();
  const proxy = await FaultProxy.start(server.port);
  proxy.delay(oneWayMillis);
  resources.teardown.stopLater(proxy);
  const subjects = {} as Record<Side, Subject>;
  for (const side of SIDES) {
    subjects[side] = await resources.nodeRed(side);
    await subjects[side].call.deploy(flow(protocol, oneWayMillis > 0 ? proxy.port : server.port, side));
  }
  // mosquitto takes 20 unacknowledged messages at a time, which is 400 a second at this distance.
  const messages = protocol === 'MQTT, QoS 1' && oneWayMillis > 0 ? MESSAGES / 10 : MESSAGES;
  const send = async (side: Side): Promise<number> => {
    const { call } = subjects[side];
    const millis = (await call.injectMany('sink', messages, PAYLOAD)) + (await call.drained('profile'));
    return (messages * 1000) / millis;
  };
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) for (const side of SIDES) await send(side);
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(SIDES, round)) rates[side].push(await send(side));
  }
}

function flow(protocol: Protocol, port: number, side: Side): FlowNode[] {
  const profile = { queueMaxCount: String(2 * MESSAGES), outbox: side === 'memory' ? 'memory' : 'disk' };
  const sink = side === 'memory' ? {} : { doneWhen: side };
  const nodes =
    protocol === 'Redis, RPUSH'
      ? new RedisFlow('pool').profile('profile', { port }).sink('sink', 'profile', 'list', 'list').nodes
      : new Flow('pool').profile('profile', { port, version: 5 }).sink('sink', 'profile', 'bench', 1).nodes;
  return nodes.map((node) => ({
    ...node,
    ...(node.id === 'profile' ? profile : {}),
    ...(node.id === 'sink' ? sink : {}),
  }));
}

function toRows(what: string, rates: Rates, hasTarget: boolean): Row[] {
  const rate = (side: Side): number => median(rates[side]);
  const perMemory = (side: Side): number => median(ratios(rates[side], rates.memory));
  const least = Math.min(rate('delivered'), rate('safe'));
  const leastRatio = Math.min(perMemory('delivered'), perMemory('safe'));
  return [
    { what: `${what}: in memory`, unit: '1/s', pool: rate('memory') },
    { what: `${what}: on disk, done when delivered`, unit: '1/s', pool: rate('delivered') },
    {
      what: `${what}: on disk, done when safe`,
      unit: '1/s',
      pool: rate('safe'),
      ...(hasTarget ? { target: `>= ${TARGET_RATE}`, reached: least >= TARGET_RATE } : {}),
    },
    {
      what: `${what}: the slower of both, against memory`,
      unit: 'x',
      pool: leastRatio,
      ...(hasTarget ? { target: `>= ${TARGET_RATIO}`, reached: leastRatio >= TARGET_RATIO } : {}),
    },
  ];
}
