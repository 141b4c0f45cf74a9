import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, source, TAB } from './node-red';

describe('a process that ends while nodes are neither stopped nor started', () => {
  const teardown = useTeardown();

  async function start(protocolVersion: string) {
    const broker = teardown.stopLater(await startMosquitto());
    const child: ChildProcess = fork(join(__dirname, '../support/node-red-process.js'));
    teardown.defer(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    const words = { willTopic: 'will', willPayload: 'gone', closeTopic: 'close', closePayload: 'bye' };
    child.send([TAB, profile(broker.port, { clientid: 'me', protocolVersion, ...words }), source()]);
    await once(child, 'message');
    await broker.waitForLog(/Sending SUBACK to me/);
    return { broker, child };
  }

  for (const version of ['4', '5']) {
    it(`disconnects properly, and there is no will, on version ${version}`, async () => {
      const { broker, child } = await start(version);
      const ended = once(child, 'exit');
      child.disconnect();
      assert.deepEqual(await ended, [0, null]);
      await broker.waitForLog(/Received DISCONNECT from me/);
      const said = (topic: string) => broker.log.some((line) => line.includes(`'${topic}'`));
      assert.ok(said('close'), 'the close message was published');
      assert.ok(!said('will'), 'the will was not');
    });
  }

  it('leaves it to the will when it is killed', async () => {
    const { broker, child } = await start('5');
    child.kill('SIGKILL');
    await waitFor(() => broker.log.some((line) => line.includes('me closed its connection')), 'the loss');
    assert.equal(broker.count('DISCONNECT', 'me'), 0);
  });
});
