/** (i) Subscribe, and publish what arrives: messages per second and processor time under a flood of messages. */
import { waitForAsync } from '../../test/support/waiting';
import type { RedisServer } from '../../test/support/redis-server';
import type { BenchCase, Row, Settings } from '../bench';
import { RedisFlow, type RedisPackage } from '../redis/flow';
import { installPeer } from '../redis/peer';
import { type RedisLoadProcess, type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

/** `poolChange`: with the Change node that the peer needs. */
const SIDES = ['peer', 'pool', 'poolChange', 'bare1', 'bare2'] as const;
type Side = (typeof SIDES)[number];

const PAYLOAD_BYTES = 100;
const MESSAGES = 100_000;
const QUICK_MESSAGES = 20_000;
const GENERATIONS = 2;
/** The compiler needs a while until it has found what matters. */
const WARM_UP_SLICES = 3;
const SUBSCRIBE_MILLIS = 10_000;

interface Slice {
  readonly messagesPerSecond: number;
  readonly microsPerMessage: number;
  readonly lost: number;
}

type Slices = Record<Side, Slice[]>;

export const redisFlood: BenchCase = {
  letter: 'i',
  title: `Redis: subscribe to publish, ${PAYLOAD_BYTES} bytes, messages published as fast as the server takes them`,
  protocol: 'redis',
  run: async (settings) => {
    const peer = await installPeer(settings.progress);
    const slices: Slices = { peer: [], pool: [], poolChange: [], bare1: [], bare2: [] };
    const generations = settings.quick ? 1 : GENERATIONS;
    for (let generation = 0; generation < generations; generation += 1) {
      settings.progress(`processes ${generation + 1} of ${generations}`);
      await measureGeneration(peer, settings, slices);
    }
    return { rows: toRows(slices), raw: slices };
  },
};

async function measureGeneration(peer: string, settings: Settings, slices: Slices): Promise<void> {
  const messages = settings.quick ? QUICK_MESSAGES : MESSAGES;
  await withResources(async (resources) => {
    const server = await resources.redis();
    const load = resources.redisLoad();
    const subjects: Record<Side, Subject> = {
      peer: await startFlow('peer', 'peer', server.port, resources, [peer]),
      pool: await startFlow('pool', 'pool', server.port, resources),
      poolChange: await startFlow('pool', 'poolChange', server.port, resources),
      bare1: await startBare('bare1', server.port, resources),
      bare2: await startBare('bare2', server.port, resources),
    };
    await waitForSubscriptions(server);
    const flood = (side: Side) => measure(subjects[side], load, side, server.port, messages);
    for (let slice = 0; slice < WARM_UP_SLICES; slice += 1) for (const side of SIDES) await flood(side);
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const side of inTurn(SIDES, round)) slices[side].push(await flood(side));
    }
  });
}

async function startFlow(
  which: RedisPackage,
  side: Side,
  port: number,
  resources: Resources,
  packages: readonly string[] = [],
): Promise<Subject> {
  const subject = await resources.nodeRed(side, { packages });
  const next = side === 'pool' ? 'sink' : 'change';
  const flow = new RedisFlow(which)
    .profile('profile', { port })
    .source('source', 'profile', 'subscribe', `${side}:in`, [next])
    .sink('sink', 'profile', 'publish', `${side}:out`);
  if (next === 'change') flow.change('change', 'sink');
  await subject.call.deploy(flow.nodes);
  return subject;
}

async function startBare(side: 'bare1' | 'bare2', port: number, resources: Resources): Promise<Subject> {
  const subject = resources.subject(side);
  const connections = side === 'bare1' ? 1 : 2;
  await subject.call.redisEcho({ port, connections, channel: `${side}:in`, echoChannel: `${side}:out` });
  return subject;
}

async function waitForSubscriptions(server: RedisServer): Promise<void> {
  const client = await server.client();
  await waitForAsync(
    async () => (await client.pubsub('CHANNELS', '*:in')).length === SIDES.length,
    'all subscriptions',
    SUBSCRIBE_MILLIS,
  );
  client.disconnect();
}

async function measure(
  subject: Subject,
  load: RedisLoadProcess,
  side: Side,
  port: number,
  messages: number,
): Promise<Slice> {
  const options = { port, channel: `${side}:in`, echoChannel: `${side}:out`, payloadBytes: PAYLOAD_BYTES, messages };
  const before = await subject.call.cpu();
  const { received, millis } = await load.call.flood(options);
  const used = (await subject.call.cpu()) - before;
  if (received === 0) throw new Error(`${side}: no message came back.`);
  return {
    messagesPerSecond: (received * 1000) / millis,
    microsPerMessage: used / received,
    lost: messages - received,
  };
}

function toRows(slices: Slices): Row[] {
  const rates = (side: Side): number[] => slices[side].map((slice) => slice.messagesPerSecond);
  const micros = (side: Side): number[] => slices[side].map((slice) => slice.microsPerMessage);
  // The faster of the two ways to use the client library is the one to compare with.
  const best: Side = median(rates('bare1')) >= median(rates('bare2')) ? 'bare1' : 'bare2';
  const name = best === 'bare1' ? 'one connection' : 'two connections';
  const rate = (side: Side): number => median(ratios(rates(side), rates(best)));
  const cpu = (side: Side): number => median(ratios(micros(side), micros(best)));
  const lost = (side: Side): number => slices[side].reduce((sum, slice) => sum + slice.lost, 0);
  const row = (what: string, unit: string, figure: (side: Side) => number, pool: Side = 'pool'): Row => ({
    what,
    unit,
    peer: figure('peer'),
    pool: figure(pool),
    bare: figure(best),
  });
  return [
    row(`rate (bare: ${name})`, 'msg/s', (side) => median(rates(side))),
    { ...row('rate, against bare ioredis', 'x', rate), target: '>= 0.9', reached: rate('pool') >= 0.9 },
    row('rate, against bare ioredis, with a Change node', 'x', rate, 'poolChange'),
    row('processor time per message', 'µs', (side) => median(micros(side))),
    row('processor time, against bare ioredis', 'x', cpu),
    row('processor time, against bare ioredis, with Change', 'x', cpu, 'poolChange'),
    { ...row('lost', 'messages', lost), target: '0', reached: lost('pool') === 0 },
  ];
}
