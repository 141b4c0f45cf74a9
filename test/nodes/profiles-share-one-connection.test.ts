import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('profiles with equal settings share one connection', () => {
  const teardown = useTeardown();

  it('of which the nodes know nothing', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, [
      TAB,
      profile(broker.port, { id: 'p1' }),
      profile(broker.port, { id: 'p2', name: 'a copy' }),
      source({ id: 's1', profile: 'p1' }),
      source({ id: 's2', profile: 'p2' }),
      sink({ profile: 'p2' }),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected('s1', 's2', 'sink');
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => got.length === 2, 'both sources');
    assert.equal(broker.count('CONNECT'), 1);
    const { connections } = getPool().snapshot();
    assert.deepEqual(connections[0]?.borrowers.map(({ id, type, flow: tab }) => [id, type, tab]).toSorted(), [
      ['s1', 'pool-mqtt-source', 'tab'],
      ['s2', 'pool-mqtt-source', 'tab'],
      ['sink', 'pool-mqtt-sink', 'tab'],
    ]);
  });

  it('unless a node asks for its own', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, profile(broker.port), source({ dedicated: true }), sink(), recorder()];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source', 'sink');
    assert.equal(broker.count('CONNECT'), 2);
  });
});
