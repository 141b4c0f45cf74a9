/** (c) Connections that twenty profiles with equal settings make, without and with a client id. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mosquitto } from '../../test/support/mosquitto';
import type { BenchCase, Settings } from '../bench';
import { Flow, type Package } from '../flows';
import { withResources } from '../resources';

const PROFILES = 20;
const SETTLE_MILLIS = 3000;
const COUNTING_MILLIS = 10_000;

interface Connections {
  readonly sockets: number;
  readonly connectsWithOneClientId: number;
}

export const equalProfiles: BenchCase = {
  letter: 'c',
  title: `${PROFILES} profiles with equal settings, a source and a sink each`,
  run: async (settings) => {
    const [core, pool] = await Promise.all([count('core', settings), count('pool', settings)]);
    return {
      rows: [
        {
          what: 'sockets open at the broker',
          unit: 'sockets',
          core: core.sockets,
          pool: pool.sockets,
          target: '1',
          reached: pool.sockets === 1,
        },
        {
          what: `connections made in ${COUNTING_MILLIS / 1000} s with one client id`,
          unit: 'connections',
          core: core.connectsWithOneClientId,
          pool: pool.connectsWithOneClientId,
          target: '1',
          reached: pool.connectsWithOneClientId === 1,
        },
      ],
      raw: { core, pool },
    };
  },
};

async function count(which: Package, settings: Settings): Promise<Connections> {
  settings.progress(`${which}: ${(SETTLE_MILLIS + COUNTING_MILLIS) / 1000} s of counting connections`);
  const sockets = await deployAndWait(which, undefined, SETTLE_MILLIS, openSockets);
  const connectsWithOneClientId = await deployAndWait(which, 'the-same', COUNTING_MILLIS, (broker) =>
    broker.count('CONNECT'),
  );
  return { sockets, connectsWithOneClientId };
}

function deployAndWait(
  which: Package,
  clientId: string | undefined,
  millis: number,
  read: (broker: Mosquitto) => number,
): Promise<number> {
  return withResources(async (resources) => {
    const broker = await resources.broker();
    const subject = await resources.nodeRed(which);
    const flow = new Flow(which);
    for (let index = 0; index < PROFILES; index += 1) {
      const profile = `profile-${index}`;
      flow.profile(profile, { port: broker.port, version: 4, ...(clientId !== undefined && { clientId }) });
      flow.source(`source-${index}`, profile, `in/${index}`, 0).sink(`sink-${index}`, profile, `out/${index}`, 0);
    }
    await subject.call.deploy(flow.nodes);
    await sleep(millis);
    return read(broker);
  });
}

/** Those made less those that ended, as the broker logged them. */
function openSockets(broker: Mosquitto): number {
  return broker.count('CONNECT') - broker.log.filter((line) => line.startsWith('Client ')).length;
}
