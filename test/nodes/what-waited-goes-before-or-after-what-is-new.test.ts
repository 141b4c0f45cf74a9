import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { startProxy } from '../support/tcp-proxy';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, profile, recorder, sink, startFlow, TAB } from './node-red';
import { useUserDirectory } from './user-directory';

const OLD = ['old 0', 'old 1', 'old 2', 'old 3', 'old 4'];
const NEW = ['new 0', 'new 1', 'new 2'];

describe('what waited in an outbox goes', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  /** What arrives, in order, if what waited is sent one a second, and what is new comes when the first has arrived. */
  async function arrivals(resendPriority: string): Promise<readonly string[]> {
    useUserDirectory(teardown);
    const broker = teardown.stopLater(await startMosquitto({ log: 'little' }));
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const listener = teardown.closeLater(await PrivateClient.connect(broker.url));
    await listener.subscribe('numbers', { qos: 1 });
    const flow = await startFlow(teardown, [
      TAB,
      profile(proxy.port, { outbox: 'disk', resendPriority, resendRate: '1' }),
      sink({ topic: 'numbers', qos: '1' }),
      recorder('completed'),
      completer(['sink']),
    ]);
    const completed = flow.received('completed');
    await flow.connected('sink');
    await proxy.stop();
    await flow.shows('sink', /^disconnected/);
    for (const payload of OLD) flow.send('sink', { payload });
    await waitFor(() => completed.length === OLD.length, 'all to be safe');
    await proxy.start();
    await listener.got(1);
    for (const payload of NEW) flow.send('sink', { payload });
    await listener.got(OLD.length + NEW.length);
    return listener.payloads;
  }

  it('before what is new if the profile says so: in one order', async () => {
    assert.deepEqual(await arrivals('before'), [...OLD, ...NEW]);
  });

  for (const priority of ['with', 'after']) {
    it(`${priority} what is new if the profile says so: that does not wait for it, and each keeps its order`, async () => {
      const arrived = await arrivals(priority);
      assert.equal(arrived.at(-1), OLD.at(-1));
      assert.deepEqual(
        arrived.filter((payload) => payload.startsWith('old')),
        OLD,
      );
      assert.deepEqual(
        arrived.filter((payload) => payload.startsWith('new')),
        NEW,
      );
    });
  }
});
