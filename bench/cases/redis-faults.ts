/** (n) What becomes of Node-RED and its messages when something is wrong with Redis. */
import type { BenchCase, Row } from '../bench';
import { FAULTS, type Fault } from '../redis/faults';
import type { RedisPackage } from '../redis/flow';
import { installPeer } from '../redis/peer';
import { withResources } from '../resources';

const OUTAGE_MILLIS = 30_000;
/** Long enough for the twenty attempts after which the peer's client gives up. */
const QUICK_OUTAGE_MILLIS = 15_000;
const EXITED = 'exits';

export const redisFaults: BenchCase = {
  letter: 'n',
  title: 'Redis: faults, and what Node-RED makes of them',
  protocol: 'redis',
  run: async ({ quick, progress }) => {
    const peer = await installPeer(progress);
    const outageMillis = quick ? QUICK_OUTAGE_MILLIS : OUTAGE_MILLIS;
    const rows: Row[] = [];
    for (const fault of FAULTS) {
      progress(fault.what);
      const [ofPeer, ofPool] = await Promise.all([
        outcome(fault, 'peer', [peer], outageMillis),
        outcome(fault, 'pool', [], outageMillis),
      ]);
      const { what, wanted } = fault;
      rows.push({ what, unit: '', peer: ofPeer, pool: ofPool, target: wanted, reached: ofPool.startsWith(wanted) });
    }
    const exits = (which: RedisPackage): number => rows.filter((row) => row[which] === EXITED).length;
    const all = { peer: exits('peer'), pool: exits('pool') };
    rows.push({ what: 'Node-RED exits in all', unit: '', ...all, target: '0', reached: all.pool === 0 });
    return { rows, raw: rows };
  },
};

function outcome(
  fault: Fault,
  which: RedisPackage,
  packages: readonly string[],
  outageMillis: number,
): Promise<string> {
  return withResources(async (resources) => {
    try {
      return await fault.run({ which, resources, packages, outageMillis });
    } catch (error) {
      if (error instanceof Error && /ended/.test(error.message)) return EXITED;
      throw error;
    }
  });
}
