/** Node-RED gets messages on a session that the broker keeps, acknowledges when the flow is done, and is killed at it. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';
import { type FlowNode, PLACE, profile, sink, source, TAB } from './node-red';

const MESSAGES = 2000;
/** What it may still have handled between the last look and the kill. */
const LATE = 300;

describe('a Node-RED process that is killed while its MQTT source works', function () {
  this.timeout(120_000);
  const teardown = useTeardown();

  for (const qos of [1, 2] as const) {
    it(`loses no message of QoS ${qos}: the next one handles what it had not acknowledged, and only that twice`, async function () {
      const broker = teardown.stopLater(await startMosquitto({ log: 'little' }));
      // mosquitto 2.0 has more in flight than it is told to: as many as come.
      const killed = await nodeRed(flow(broker.port, qos));
      const observer = teardown.closeLater(await PrivateClient.connect(broker.url));
      await observer.subscribe('handled', { qos: 1 });
      await untilItWorks(broker.url, observer);
      const progress = { published: 0 };
      const publishing = publish(broker.url, qos, progress);
      const handled = () => observer.seen.flatMap(({ payload }) => (payload === 'probe' ? [] : Number(payload)));
      const inHand = await waitFor(
        () => {
          const some = progress.published - handled().length;
          return handled().length >= 300 && some > 0 && some;
        },
        () => `it to handle messages and have some in hand; ${handled().length} of ${progress.published} were handled`,
        60_000,
      );
      const handledBefore = Math.max(...handled());
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      await nodeRed(flow(broker.port, qos));
      await publishing;

      const times = new Map<string, number>();
      const counted = () => {
        times.clear();
        for (const { payload } of observer.seen)
          if (payload !== 'probe') times.set(payload, (times.get(payload) ?? 0) + 1);
        return times.size;
      };
      await waitFor(
        () => counted() === MESSAGES,
        () => `all messages; ${counted()} were handled`,
        60_000,
      );
      const twice = [...times].filter(([, count]) => count > 1);
      assert.deepEqual(
        twice.filter(([payload, count]) => count > 2 || Number(payload) > handledBefore + LATE),
        [],
      );
      if (this.test) this.test.title += ` (${MESSAGES} messages, ${inHand} in hand, ${twice.length} handled twice)`;
    });
  }

  /** It has subscribed. */
  async function untilItWorks(url: string, observer: PrivateClient): Promise<void> {
    const publisher = teardown.closeLater(await PrivateClient.connect(url));
    await waitForAsync(
      async () => {
        await publisher.publish('orders', 'probe');
        return observer.seen.length > 0;
      },
      'the first message',
      60_000,
    );
  }

  async function publish(url: string, qos: 1 | 2, progress: { published: number }): Promise<void> {
    const publisher = teardown.closeLater(await PrivateClient.connect(url));
    for (let number = 0; number < MESSAGES; number += 1) {
      await publisher.publish('orders', String(number), { qos });
      progress.published += 1;
    }
  }

  async function nodeRed(nodes: readonly FlowNode[]): Promise<ChildProcess> {
    const temporary = mkdtempSync(join(tmpdir(), 'killed-node-red-'));
    teardown.defer(() => rmSync(temporary, { recursive: true, force: true }));
    const script = join(__dirname, '..', 'support', 'node-red-process.js');
    const child = fork(script, [], { env: { ...process.env, TMPDIR: temporary }, silent: true });
    teardown.defer(() => stop(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    let isDeployed = false;
    child.once('message', () => {
      isDeployed = true;
    });
    child.send(nodes);
    await waitFor(
      () => isDeployed || child.exitCode !== null,
      () => `Node-RED to start; it said ${output}`,
      60_000,
    );
    assert.equal(child.exitCode, null, output);
    return child;
  }
});

/** Each message takes its own time, and is done when the broker has the result. */
function flow(port: number, qos: 1 | 2): FlowNode[] {
  const session = { clientid: 'worker', cleansession: false, autoUnsubscribe: false, protocolVersion: '4' };
  const delay = { pauseType: 'random', randomFirst: '1', randomLast: '20', randomUnits: 'milliseconds', outputs: 1 };
  return [
    TAB,
    profile(port, session),
    profile(port, { id: 'results' }),
    source({ topic: 'orders', qos: String(qos), datatype: 'utf8', acknowledge: 'complete', wires: [['delay']] }),
    { id: 'delay', type: 'delay', ...PLACE, ...delay, wires: [['sink']] },
    sink({ profile: 'results', topic: 'handled', qos: '1' }),
  ];
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
