/** (h) Connections that the nodes of one Redis profile make. */
import { waitForAsync } from '../../test/support/waiting';
import type { BenchCase } from '../bench';
import { RedisFlow, type RedisPackage } from '../redis/flow';
import { installPeer } from '../redis/peer';
import { withResources } from '../resources';

const NODES = 50;
const STREAMS = 1000;
const LISTS = 100;
const CONNECT_MILLIS = 60_000;
/** How long the number of sockets has to stay the same. */
const SETTLED_POLLS = 50;

export const redisSockets: BenchCase = {
  letter: 'h',
  title: 'sockets of one Redis profile',
  protocol: 'redis',
  run: async ({ progress }) => {
    const peer = await installPeer(progress);
    const few = (which: RedisPackage) => count(which, peer, addSourcesAndSinks);
    progress(`${NODES} sources and ${NODES} sinks, then ${STREAMS} streams and ${LISTS} lists`);
    const counted = {
      few: { peer: await few('peer'), pool: await few('pool') },
      many: {
        // It has no streams; another list each, as its every source has a connection of its own.
        peer: await count('peer', peer, (flow) => addLists(flow, STREAMS + LISTS)),
        pool: await count('pool', peer, (flow) => addLists(addStreams(flow), LISTS)),
      },
    };
    return {
      rows: [
        {
          what: `${NODES} channels, ${NODES} sinks`,
          unit: 'sockets',
          ...counted.few,
          target: '<= 2',
          reached: counted.few.pool <= 2,
        },
        {
          what: `${STREAMS} streams, ${LISTS} lists (contrib-redis: ${STREAMS + LISTS} lists)`,
          unit: 'sockets',
          ...counted.many,
          target: '<= 4',
          reached: counted.many.pool <= 4,
        },
      ],
      raw: counted,
    };
  },
};

function count(which: RedisPackage, peer: string, add: (flow: RedisFlow) => void): Promise<number> {
  return withResources(async (resources) => {
    const server = await resources.redis();
    const subject = await resources.nodeRed(which, { packages: which === 'peer' ? [peer] : [] });
    const flow = new RedisFlow(which).profile('profile', { port: server.port });
    add(flow);
    await subject.call.deploy(flow.nodes);
    let sockets = 0;
    let polls = 0;
    await waitForAsync(
      async () => {
        const now = await server.sockets();
        polls = now > 0 && now === sockets ? polls + 1 : 0;
        sockets = now;
        return polls >= SETTLED_POLLS;
      },
      'the number of sockets to settle',
      CONNECT_MILLIS,
    );
    return sockets;
  });
}

function addSourcesAndSinks(flow: RedisFlow): void {
  for (let index = 0; index < NODES; index += 1) {
    flow.source(`source-${index}`, 'profile', 'subscribe', `channel:${index}`);
    flow.sink(`sink-${index}`, 'profile', 'list', `list:${index}`);
  }
}

function addStreams(flow: RedisFlow): RedisFlow {
  for (let index = 0; index < STREAMS; index += 1) {
    flow.poolSource(`stream-${index}`, 'profile', { mode: 'stream', key: `stream:${index}`, position: '$' });
  }
  return flow;
}

function addLists(flow: RedisFlow, lists: number): void {
  for (let index = 0; index < lists; index += 1) flow.source(`list-${index}`, 'profile', 'list', `list:${index}`);
}
