/** (l) Ten thousand SETs given at once: how many are answered per second. */
import type { BenchCase, Row, Settings } from '../bench';
import { RedisFlow, type RedisPackage } from '../redis/flow';
import { installPeer } from '../redis/peer';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIDES = ['peer', 'sink', 'session', 'bare', 'autopipelining'] as const;
type Side = (typeof SIDES)[number];

const MESSAGES = 10_000;
const PAYLOAD = 'x'.repeat(64);
const GENERATIONS = 2;
/** Slices are short, so there are more of them. */
const SLICES_PER_ROUND = 3;

type Rates = Record<Side, number[]>;

export const redisSets: BenchCase = {
  letter: 'l',
  title: `Redis: ${MESSAGES} SETs of 64 bytes at once`,
  protocol: 'redis',
  run: async (settings) => {
    const peer = await installPeer(settings.progress);
    const rates: Rates = { peer: [], sink: [], session: [], bare: [], autopipelining: [] };
    const generations = settings.quick ? 1 : GENERATIONS;
    for (let generation = 0; generation < generations; generation += 1) {
      settings.progress(`processes ${generation + 1} of ${generations}`);
      await withResources((resources) => measureGeneration(resources, peer, settings, rates));
    }
    return { rows: toRows(rates), raw: rates };
  },
};

async function measureGeneration(
  resources: Resources,
  peer: string,
  { rounds }: Settings,
  rates: Rates,
): Promise<void> {
  const { port } = await resources.redis();
  const subjects: Record<Side, Subject> = {
    peer: await startFlow('peer', port, resources, [peer]),
    sink: await startFlow('pool', port, resources),
    session: resources.subject('session'),
    bare: resources.subject('bare'),
    autopipelining: resources.subject('autopipelining'),
  };
  const set = async (side: Side): Promise<number> => {
    const { call } = subjects[side];
    const millis =
      side === 'peer' || side === 'sink'
        ? await call.injectMany('set', MESSAGES, PAYLOAD)
        : await call.redisSets({ port, how: side, messages: MESSAGES, payload: PAYLOAD });
    return (MESSAGES * 1000) / millis;
  };
  for (const side of SIDES) for (let slice = 0; slice < SLICES_PER_ROUND; slice += 1) await set(side);
  for (let round = 0; round < rounds * SLICES_PER_ROUND; round += 1) {
    for (const side of inTurn(SIDES, round)) rates[side].push(await set(side));
  }
}

async function startFlow(
  which: RedisPackage,
  port: number,
  resources: Resources,
  packages: readonly string[] = [],
): Promise<Subject> {
  const subject = await resources.nodeRed(which, { packages });
  const fields = { queueMaxCount: String(2 * MESSAGES) };
  await subject.call.deploy(new RedisFlow(which).profile('profile', { port, fields }).set('set', 'profile').nodes);
  return subject;
}

function toRows(rates: Rates): Row[] {
  const rate = (side: Side): number => median(rates[side]);
  const perBare = (side: Side): number => median(ratios(rates[side], rates.bare));
  return [
    { what: 'nodes', unit: 'SETs/s', peer: rate('peer'), pool: rate('sink'), bare: rate('bare') },
    { what: 'nodes, against bare ioredis', unit: 'x', peer: perBare('peer'), pool: perBare('sink'), bare: 1 },
    { what: 'a session of the pool', unit: 'SETs/s', pool: rate('session'), bare: rate('bare') },
    { what: 'a session of the pool, against bare ioredis', unit: 'x', pool: perBare('session'), bare: 1 },
    { what: 'bare ioredis with automatic pipelining', unit: 'SETs/s', bare: rate('autopipelining') },
    { what: 'the same, against bare ioredis', unit: 'x', bare: perBare('autopipelining') },
  ];
}
