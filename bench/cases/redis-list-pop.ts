/** (j) Items per second from a full list to a node. */
import { Redis } from 'ioredis';
import type { BenchCase, Settings } from '../bench';
import { RedisFlow, type RedisPackage } from '../redis/flow';
import { installPeer } from '../redis/peer';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIDES = ['peer', 'pool', 'bare'] as const;
type Side = (typeof SIDES)[number];

const ITEMS = 50_000;
const QUICK_ITEMS = 10_000;
const GENERATIONS = 2;
/** The compiler needs a while until it has found what matters. */
const WARM_UP_SLICES = 3;
/** All at once, so that filling the list is no part of what is measured. */
const FILL = "for i = 1, ARGV[1] do redis.call('RPUSH', KEYS[1], ARGV[2]) end";
const ITEM = 'x'.repeat(100);

type Rates = Record<Side, number[]>;

export const redisListPop: BenchCase = {
  letter: 'j',
  title: 'Redis: items of 100 bytes per second from a full list to a node',
  protocol: 'redis',
  run: async (settings) => {
    const peer = await installPeer(settings.progress);
    const rates: Rates = { peer: [], pool: [], bare: [] };
    const generations = settings.quick ? 1 : GENERATIONS;
    for (let generation = 0; generation < generations; generation += 1) {
      settings.progress(`processes ${generation + 1} of ${generations}`);
      await withResources((resources) => measureGeneration(resources, peer, settings, rates));
    }
    const perPeer = median(ratios(rates.pool, rates.peer));
    const bare = { what: 'items (bare: a BLMPOP COUNT 100 loop)', unit: 'items/s', bare: median(rates.bare) };
    return {
      rows: [
        { ...bare, peer: median(rates.peer), pool: median(rates.pool) },
        {
          what: 'items, against contrib-redis',
          unit: 'x',
          peer: 1,
          pool: perPeer,
          bare: median(ratios(rates.bare, rates.peer)),
          target: '>= 5',
          reached: perPeer >= 5,
        },
      ],
      raw: rates,
    };
  },
};

async function measureGeneration(
  resources: Resources,
  peer: string,
  { rounds, quick }: Settings,
  rates: Rates,
): Promise<void> {
  const { port } = await resources.redis();
  const client = new Redis({ port });
  resources.teardown.defer(() => client.disconnect());
  const subjects: Record<Side, Subject> = {
    peer: await startFlow('peer', port, resources, [peer]),
    pool: await startFlow('pool', port, resources),
    bare: resources.subject('bare'),
  };
  await subjects.bare.call.redisPop(port, 'bare');
  const items = quick ? QUICK_ITEMS : ITEMS;
  const popped = { peer: 0, pool: 0, bare: 0 };
  const pop = async (side: Side): Promise<number> => {
    popped[side] += items;
    const all = subjects[side].call.reached('counter', popped[side]);
    await client.eval(FILL, 1, side, items, ITEM);
    const start = performance.now();
    await all;
    return (items * 1000) / (performance.now() - start);
  };
  for (let slice = 0; slice < WARM_UP_SLICES; slice += 1) for (const side of SIDES) await pop(side);
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(SIDES, round)) rates[side].push(await pop(side));
  }
}

async function startFlow(
  which: RedisPackage,
  port: number,
  resources: Resources,
  packages: readonly string[] = [],
): Promise<Subject> {
  const subject = await resources.nodeRed(which, { packages });
  const flow = new RedisFlow(which)
    .profile('profile', { port })
    .source('source', 'profile', 'list', which, ['counter'])
    .counter('counter');
  await subject.call.deploy(flow.nodes);
  return subject;
}
