import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a payload that had to be JSON and is not', () => {
  const teardown = useTeardown();

  it('goes to Catch with its publication, and the next one comes through', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      source({ datatype: 'json' }),
      sink(),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await flow.connected('source', 'sink');
    flow.send('sink', { topic: 'a', payload: '{' });
    flow.send('sink', { topic: 'a', payload: '{}' });
    await waitFor(() => got.length === 1 && caught.length === 1, 'both');
    assert.deepEqual(got[0]?.payload, {});
    assert.equal(caughtCode(caught[0]), 'INVALID_JSON');
    assert.deepEqual([caught[0]?.topic, caught[0]?.payload], ['a', Buffer.from('{')]);
  });
});
