/** (s) `kill -9` of Node-RED with many entries in its outbox on disk, again and again: what is lost of what was safe. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PrivateClient } from '../../test/support/private-client';
import { Random } from '../../test/support/random';
import { startProxy } from '../../test/support/tcp-proxy';
import { waitFor } from '../../test/support/waiting';
import { NodeRedUnderFire } from '../../test/chaos/node-red-under-fire';
import type { BenchCase } from '../bench';
import { Flow } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';
import { withResources } from '../resources';

const KILLS = 20;
const QUICK_KILLS = 2;
const ENTRIES = 50_000;
const PER_SECOND = 10_000;
/** How long entries are sent before the process is killed, at most. */
const SENDING_MILLIS = 400;
const FILL_MILLIS = 120_000;
const DRAIN_MILLIS = 120_000;
const LANE = 'disk';

export const killedOutbox: BenchCase = {
  letter: 's',
  protocol: 'delivery',
  title: `kill -9 of Node-RED with ${ENTRIES} entries in its outbox`,
  run: async ({ quick, progress }) => {
    const kills = quick ? QUICK_KILLS : KILLS;
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
    progress(`SEED=${seed}`);
    const { safe, lost, twice } = await killAgainAndAgain(kills, new Random(seed), progress);
    const what = `killed ${kills} times, ${safe} entries safe on disk`;
    const rows = [
      { what: `${what}: lost`, unit: 'messages', pool: lost, target: '0', reached: lost === 0 },
      { what: 'the same: twice', unit: 'messages', pool: twice },
    ];
    return { rows, raw: { seed, rows } };
  },
};

function killAgainAndAgain(
  kills: number,
  random: Random,
  progress: (text: string) => void,
): Promise<{ safe: number; lost: number; twice: number }> {
  return withResources(async (resources) => {
    const broker = await resources.broker();
    const proxy = resources.teardown.stopLater(await startProxy(broker.port));
    const safe = new Set<string>();
    const arrived = new Set<string>();
    let sent = 0;
    let twice = 0;
    const receiver = resources.teardown.closeLater(await PrivateClient.connect(broker.url));
    receiver.client.on('message', (_topic, payload) => {
      const id = payload.toString();
      if (arrived.has(id)) twice += 1;
      else arrived.add(id);
    });
    await receiver.subscribe(LANE, { qos: 1 });
    const nodeRed = resources.teardown.stopLater(
      new NodeRedUnderFire(({ what, id }) => {
        if (what === 'sent') sent += 1;
        if (what === 'done') safe.add(id);
      }),
    );
    const nodes = new Flow('pool')
      .profile('profile', { port: proxy.port, version: 5 })
      .sink(`sink-${LANE}`, 'profile', LANE, 1, { outbox: 'disk', doneWhen: 'safe' }).nodes;
    const feed: FlowNode = {
      ...{ id: 'feed', type: 'chaos-feed', z: 'tab', x: 100, y: 100, lane: LANE, perSecond: PER_SECOND },
      wires: [[`sink-${LANE}`]],
    };
    const left = (): string[] => [...safe].filter((id) => !arrived.has(id));
    for (let kill = 1; kill <= kills; kill += 1) {
      await proxy.stop();
      sent = 0;
      const safeBefore = safe.size;
      await nodeRed.start();
      await nodeRed.deploy([...nodes, feed]);
      const missing = ENTRIES - left().length;
      await waitFor(() => sent >= missing, 'the outbox to be filled', FILL_MILLIS);
      await nodeRed.feed(false);
      await waitFor(
        () => safe.size - safeBefore >= sent,
        () => `${sent} entries to be safe`,
        FILL_MILLIS,
      );
      const { length } = left();
      const arrivedBefore = arrived.size;
      await proxy.start();
      await waitFor(() => arrived.size > arrivedBefore, 'the outbox to be sent', DRAIN_MILLIS);
      await sleep(random.int(0, SENDING_MILLIS));
      await nodeRed.kill();
      progress(`kill ${kill} of ${kills}: ${length} entries, ${length - left().length} of them sent meanwhile`);
    }
    await nodeRed.start();
    await nodeRed.feed(false);
    await waitFor(() => left().length === 0, 'the rest', DRAIN_MILLIS).catch(() => undefined);
    return { safe: safe.size, lost: left().length, twice };
  });
}
