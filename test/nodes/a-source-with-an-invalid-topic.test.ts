import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { profile, recorder, source, startFlow, TAB } from './node-red';

describe('a source with an invalid topic', () => {
  const teardown = useTeardown();

  it('says so and disturbs nobody', async () => {
    const { port } = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(port),
      source({ id: 'none', topic: '' }),
      source({ id: 'bad', topic: 'a/#/b' }),
      source({ id: 'nul', topic: 'a\u0000b' }),
      source({ id: 'long', topic: 'x'.repeat(70_000) }),
      source({ id: 'qos', topic: 'a', qos: '3' }),
      source({ id: 'good', topic: 'a' }),
      recorder(),
    ]);
    await flow.connected('good');
    for (const id of ['none', 'bad', 'nul', 'long']) await flow.shows(id, 'invalid topic filter');
    await flow.shows('qos', 'invalid QoS');
    assert.equal(flow.problems.length, 5);
  });
});
