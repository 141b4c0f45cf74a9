/** (m) How long an entry of one of a thousand streams is underway, and what they cost the server. */
import { Redis } from 'ioredis';
import { waitForAsync } from '../../test/support/waiting';
import type { BenchCase, Row, Settings } from '../bench';
import { RedisFlow } from '../redis/flow';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median } from '../statistics';

const SIDES = ['pool', 'bare'] as const;
type Side = (typeof SIDES)[number];

const STREAMS = 1000;
const ENTRIES = 3000;
const QUICK_ENTRIES = 500;
const PER_SECOND = 1000;
const CONNECT_MILLIS = 30_000;

interface Slice {
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly serverMicrosPerEntry: number;
}

type Slices = Record<Side, Slice[]>;

export const redisStreams: BenchCase = {
  letter: 'm',
  title: `Redis: ${STREAMS} stream sources, ${PER_SECOND} entries per second in all`,
  protocol: 'redis',
  run: async (settings) => {
    const slices: Slices = { pool: [], bare: [] };
    await withResources((resources) => measure(resources, settings, slices));
    const row = (what: string, unit: string, field: keyof Slice): Row => ({
      what,
      unit,
      pool: median(slices.pool.map((slice) => slice[field])),
      bare: median(slices.bare.map((slice) => slice[field])),
    });
    return {
      rows: [
        row('from XADD to the node, p50 (bare: one XREAD loop)', 'ms', 'p50Millis'),
        row('from XADD to the node, p99', 'ms', 'p99Millis'),
        row("the server's processor time per entry, XADD included", 'µs', 'serverMicrosPerEntry'),
      ],
      raw: slices,
    };
  },
};

async function measure(resources: Resources, { rounds, quick, progress }: Settings, slices: Slices): Promise<void> {
  // A server each: the processor time of the other side's reads would count.
  const [pool, bare] = [await resources.redis(), await resources.redis()];
  const ports: Record<Side, number> = { pool: pool.port, bare: bare.port };
  const clients: Record<Side, Redis> = { pool: new Redis({ port: pool.port }), bare: new Redis({ port: bare.port }) };
  resources.teardown.defer(() => {
    for (const client of Object.values(clients)) client.disconnect();
  });
  const keys = Array.from({ length: STREAMS }, (_, index) => `stream:${index}`);
  const subjects: Record<Side, Subject> = {
    pool: await startFlow(pool.port, keys, resources),
    bare: resources.subject('bare'),
  };
  await subjects.bare.call.redisRead(bare.port, keys);
  const load = resources.redisLoad();
  const added = { pool: 0, bare: 0 };
  const add = async (side: Side, entries: number): Promise<Slice> => {
    added[side] += entries;
    const all = subjects[side].call.reached('counter', added[side]);
    const before = await serverCpuMicros(clients[side]);
    await load.call.addEntries({ port: ports[side], keys, entries, perSecond: PER_SECOND });
    await all;
    const used = (await serverCpuMicros(clients[side])) - before;
    const delays = (await subjects[side].call.takeDelays()).sort((a, b) => a - b);
    const quantile = (part: number): number => delays[Math.floor(delays.length * part)] ?? Number.NaN;
    return { p50Millis: quantile(0.5), p99Millis: quantile(0.99), serverMicrosPerEntry: used / entries };
  };
  for (const side of SIDES) {
    const isBlocked = async () => /blocked_clients:[1-9]/.test(await clients[side].info('clients'));
    await waitForAsync(isBlocked, `${side} to read`, CONNECT_MILLIS);
    await add(side, QUICK_ENTRIES);
  }
  for (let round = 0; round < rounds; round += 1) {
    progress(`round ${round + 1} of ${rounds}`);
    for (const side of inTurn(SIDES, round)) slices[side].push(await add(side, quick ? QUICK_ENTRIES : ENTRIES));
  }
}

async function startFlow(port: number, keys: readonly string[], resources: Resources): Promise<Subject> {
  const subject = await resources.nodeRed('pool');
  const flow = new RedisFlow('pool').profile('profile', { port }).counter('counter', 'payload.sentAt');
  for (const key of keys) {
    const fields = { mode: 'stream', key, position: '0', datatype: 'string' };
    flow.poolSource(`source-${key}`, 'profile', fields, ['counter']);
  }
  await subject.call.deploy(flow.nodes);
  return subject;
}

async function serverCpuMicros(client: Redis): Promise<number> {
  const info = await client.info('cpu');
  const seconds = (name: string): number => Number(new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]);
  return (seconds('used_cpu_sys') + seconds('used_cpu_user')) * 1e6;
}
