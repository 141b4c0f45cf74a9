/** (k) Entries per second of a stream with a backlog, read as the consumer of a group and acknowledged. */
import { Redis } from 'ioredis';
import { waitForAsync } from '../../test/support/waiting';
import type { BenchCase, Row, Settings } from '../bench';
import { RedisFlow } from '../redis/flow';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

/** How this package acknowledges; a loop that waits for the answer to XACK before it reads on, and one that doesn't. */
const SIDES = ['receipt', 'complete', 'bare', 'bareAhead'] as const;
type Side = (typeof SIDES)[number];

const ENTRIES = 50_000;
const QUICK_ENTRIES = 10_000;
const GENERATIONS = 2;
/** The compiler needs a while until it has found what matters. */
const WARM_UP_SLICES = 3;
const GROUP = 'bench';
/** Entries per read, of all sides. */
const PER_READ = 100;
const ACKNOWLEDGE_MILLIS = 30_000;
/** Before that, it is the compiler that is measured: more code runs here than in the bare loop. */
const WARM_UPS = 4;
/** All at once, so that adding the entries is no part of what is measured; what was read before makes room. */
const FILL = `redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], '*', 'value', ARGV[2]) end`;
const VALUE = 'x'.repeat(100);

type Rates = Record<Side, number[]>;

export const redisGroup: BenchCase = {
  letter: 'k',
  title: 'Redis: entries per second of a consumer group, until all are acknowledged',
  protocol: 'redis',
  run: async (settings) => {
    const rates: Rates = { receipt: [], complete: [], bare: [], bareAhead: [] };
    const generations = settings.quick ? 1 : GENERATIONS;
    for (let generation = 0; generation < generations; generation += 1) {
      settings.progress(`processes ${generation + 1} of ${generations}`);
      await withResources((resources) => measureGeneration(resources, settings, rates));
    }
    return { rows: [...toRows('receipt', rates), ...toRows('complete', rates)], raw: rates };
  },
};

async function measureGeneration(resources: Resources, { rounds, quick }: Settings, rates: Rates): Promise<void> {
  const { port } = await resources.redis();
  const client = new Redis({ port });
  resources.teardown.defer(() => client.disconnect());
  for (const side of SIDES) await client.xgroup('CREATE', side, GROUP, '$', 'MKSTREAM');
  const subjects: Record<Side, Subject> = {
    receipt: await startFlow('receipt', port, resources),
    complete: await startFlow('complete', port, resources),
    bare: resources.subject('bare'),
    bareAhead: resources.subject('bareAhead'),
  };
  for (const key of ['bare', 'bareAhead'] as const) {
    const options = { port, key, group: GROUP, entries: PER_READ, awaitAck: key === 'bare' };
    await subjects[key].call.redisConsume(options);
  }
  const entries = quick ? QUICK_ENTRIES : ENTRIES;
  const read = { receipt: 0, complete: 0, bare: 0, bareAhead: 0 };
  const consume = async (side: Side): Promise<number> => {
    read[side] += entries;
    const all = subjects[side].call.reached('counter', read[side]);
    await client.eval(FILL, 1, side, entries, VALUE);
    const start = performance.now();
    await all;
    const nonePending = async () => ((await client.xpending(side, GROUP))[0] as number) === 0;
    if (!(await nonePending())) await waitForAsync(nonePending, `acknowledgements of ${side}`, ACKNOWLEDGE_MILLIS);
    return (entries * 1000) / (performance.now() - start);
  };
  for (let round = 0; round < WARM_UPS; round += 1) {
    for (let slice = 0; slice < WARM_UP_SLICES; slice += 1) for (const side of SIDES) await consume(side);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(SIDES, round)) rates[side].push(await consume(side));
  }
}

async function startFlow(side: 'receipt' | 'complete', port: number, resources: Resources): Promise<Subject> {
  const subject = await resources.nodeRed(side);
  const fields = { mode: 'group', key: side, group: GROUP, acknowledge: side, count: PER_READ, datatype: 'buffer' };
  const flow = new RedisFlow('pool')
    .profile('profile', { port })
    .poolSource('source', 'profile', fields, ['counter'])
    .counter('counter');
  await subject.call.deploy(flow.nodes);
  return subject;
}

function toRows(side: 'receipt' | 'complete', rates: Rates): Row[] {
  const what = side === 'receipt' ? 'acknowledged on receipt' : 'acknowledged on completion';
  const perBare = median(ratios(rates[side], rates.bare));
  return [
    { what, unit: 'entries/s', pool: median(rates[side]), bare: median(rates.bare) },
    {
      what: `${what}, against an XREADGROUP, XACK loop`,
      unit: 'x',
      pool: perBare,
      bare: 1,
      target: '>= 0.7',
      reached: perBare >= 0.7,
    },
    {
      what: `${what}, against a loop not awaiting XACK`,
      unit: 'x',
      pool: median(ratios(rates[side], rates.bareAhead)),
      bare: 1,
    },
  ];
}
