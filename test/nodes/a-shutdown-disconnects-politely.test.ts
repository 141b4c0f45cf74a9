import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { getPool } from '../../src/runtime/process-pool';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a shutdown disconnects politely', () => {
  const teardown = useTeardown();

  it('before the nodes count as closed', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const will = { willTopic: 'will', willPayload: 'gone', closeTopic: 'close', closePayload: 'bye' };
    const nodes = [TAB, profile(broker.port, { clientid: 'me', ...will }), source(), sink(), recorder()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source', 'sink');
    await flow.shutDown();
    assert.deepEqual(getPool().snapshot().connections, []);
    await broker.waitForLog(/Received DISCONNECT from me/);
    assert.ok(
      broker.log.some((line) => line.includes("'close'")),
      'the close message was published',
    );
    assert.ok(!broker.log.some((line) => line.includes("'will'")), 'the will was not');
  });

  it('also from a connection that only lingers', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me', lingerMillis: '60000' });
    const flow = await startFlow(teardown, [TAB, settings, sink()]);
    await flow.connected('sink');
    await flow.deploy([TAB, settings], 'nodes');
    assert.equal(getPool().snapshot().connections.length, 1);
    await flow.shutDown();
    await broker.waitForLog(/Received DISCONNECT from me/);
    assert.deepEqual(getPool().snapshot().connections, []);
  });
});
