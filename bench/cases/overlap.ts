/** (f) How often a source gets one publication when three filters overlap and the broker sends duplicates. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchCase, Row } from '../bench';
import { Flow, type Package } from '../flows';
import type { ProtocolVersion } from '../processes/mqtt-bytes';
import { publish } from '../publish';
import { withResources } from '../resources';

const FILTERS = ['a/#', 'a/+', 'a/b'] as const;
const MESSAGES = 10;
const SETTLE_MILLIS = 1000;

type PerNode = Record<string, number>;

export const overlap: BenchCase = {
  letter: 'f',
  title: 'overlapping filters a/#, a/+ and a/b, broker duplicates on',
  run: async (settings) => {
    const rows: Row[] = [];
    const raw: Record<string, Record<Package, PerNode>> = {};
    for (const version of [4, 5] as const) {
      const name = version === 4 ? 'MQTT 3.1.1' : 'MQTT 5';
      settings.progress(name);
      const [core, pool] = await Promise.all([deliveries('core', version), deliveries('pool', version)]);
      raw[name] = { core, pool };
      const counts = Object.values(pool);
      rows.push({
        what: `deliveries per node and publication, ${name}`,
        unit: 'deliveries',
        core: mean(Object.values(core)),
        pool: mean(counts),
        target: '1',
        reached: counts.every((count) => count === 1),
      });
    }
    return { rows, raw };
  },
};

function deliveries(which: Package, version: ProtocolVersion): Promise<PerNode> {
  return withResources(async (resources) => {
    const broker = await resources.broker({ allowDuplicates: true, log: 'all' });
    const subject = await resources.nodeRed(which);
    const flow = new Flow(which).profile('profile', { port: broker.port, version });
    for (const [index, filter] of FILTERS.entries()) {
      flow.source(`source-${index}`, 'profile', filter, 0, [`counter-${index}`]).counter(`counter-${index}`);
    }
    await subject.call.deploy(flow.nodes);
    await broker.waitForLog(/^Sending SUBACK/);
    await sleep(SETTLE_MILLIS);
    await publish(broker.port, 'a/b', Array(MESSAGES).fill('x'));
    await sleep(SETTLE_MILLIS);
    const counts = Object.entries(await subject.call.counts());
    return Object.fromEntries(counts.map(([node, count]) => [node, count / MESSAGES]));
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
