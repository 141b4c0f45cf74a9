/** (d) What a thousand source nodes with filters of their own cost: deploy time, packets, memory. */
import { waitFor } from '../../test/support/waiting';
import type { BenchCase, Row } from '../bench';
import { Flow, type Package, TAB } from '../flows';
import { withResources } from '../resources';
import { median } from '../statistics';

const SOURCES = 1000;
const SUBSCRIBE_DEADLINE_MILLIS = 60_000;
const ROUNDS = 3;

interface Deployment {
  readonly startedMillis: number;
  readonly subscribedMillis: number;
  readonly subscribePackets: number;
  readonly rssPerNode: number;
  readonly heapPerNode: number;
}

export const manySources: BenchCase = {
  letter: 'd',
  title: `${SOURCES} sources with filters of their own, deployed to a running Node-RED`,
  run: async (settings) => {
    const raw: Record<Package, Deployment[]> = { core: [], pool: [] };
    const rounds = settings.quick ? 1 : ROUNDS;
    for (let round = 0; round < rounds; round += 1) {
      settings.progress(`round ${round + 1} of ${rounds}`);
      for (const which of ['core', 'pool'] as const) raw[which].push(await deploy(which));
    }
    const row = (what: string, unit: string, field: keyof Deployment, divisor = 1): Row => ({
      what,
      unit,
      core: median(raw.core.map((each) => each[field])) / divisor,
      pool: median(raw.pool.map((each) => each[field])) / divisor,
    });
    return {
      rows: [
        row('deploy, until the flows have started', 'ms', 'startedMillis'),
        row('deploy, until all is subscribed at the broker', 'ms', 'subscribedMillis'),
        row('SUBSCRIBE packets', 'packets', 'subscribePackets'),
        row('resident memory per source', 'KiB', 'rssPerNode', 1024),
        row('heap per source', 'KiB', 'heapPerNode', 1024),
      ],
      raw,
    };
  },
};

function deploy(which: Package): Promise<Deployment> {
  return withResources(async (resources) => {
    const broker = await resources.broker({ log: 'all' });
    const subject = await resources.nodeRed(which);
    await subject.call.deploy([TAB]);
    const before = await subject.call.memory();
    const flow = new Flow(which).profile('profile', { port: broker.port, version: 4 });
    for (let index = 0; index < SOURCES; index += 1)
      flow.source(`source-${index}`, 'profile', `many/${index}/value`, 0);
    const start = performance.now();
    const started = subject.call.deploy(flow.nodes).then(() => performance.now() - start);
    await waitFor(
      () => broker.log.filter((line) => /^\tmany\/\d+\/value /.test(line)).length >= SOURCES,
      'all subscriptions',
      SUBSCRIBE_DEADLINE_MILLIS,
    );
    const subscribedMillis = performance.now() - start;
    const startedMillis = await started;
    const after = await subject.call.memory();
    return {
      startedMillis,
      subscribedMillis,
      subscribePackets: broker.count('SUBSCRIBE'),
      rssPerNode: (after.rss - before.rss) / SOURCES,
      heapPerNode: (after.heap - before.heap) / SOURCES,
    };
  });
}
