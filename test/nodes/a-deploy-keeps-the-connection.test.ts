import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a deploy keeps the connection', () => {
  const teardown = useTeardown();

  for (const type of ['full', 'flows', 'nodes'] as const) {
    it(`of type ${type}`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const nodes = [TAB, profile(broker.port), source(), sink(), recorder()];
      const flow = await startFlow(teardown, nodes);
      await flow.connected('source', 'sink');
      await flow.deploy([...nodes, sink({ id: 'more' })], type);
      await flow.connected('more');
      await waitFor(() => broker.count('SUBSCRIBE') > broker.count('UNSUBSCRIBE'), 'the source to be back');
      const got = flow.received('got');
      flow.send('more', { topic: 'a', payload: 'x' });
      await waitFor(() => got.length === 1, 'the message after the deploy');
      assert.equal(broker.count('CONNECT'), 1);
      assert.equal(broker.count('DISCONNECT'), 0);
    });
  }

  it('and changed settings take over from the old ones without a fight over the client id', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = (keepalive: string) => [TAB, profile(broker.port, { clientid: 'me', keepalive }), sink()];
    const flow = await startFlow(teardown, nodes('60'));
    await flow.connected('sink');
    await flow.deploy(nodes('30'), 'nodes');
    await broker.waitForLog(/ as me .*k30/);
    assert.equal(broker.count('CONNECT'), 2);
    await broker.waitForLog(/Client me disconnected/);
    assert.ok(!broker.log.some((line) => line.includes('already connected')), 'nobody was thrown out');
  });
});
