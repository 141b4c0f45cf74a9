import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { edgexNode, edgexProfile } from './edgex-flow';
import { type FlowNode, profile, recorder, redisProfile, startFlow, TAB } from './node-red';

describe('EdgeX credentials from the environment', () => {
  const teardown = useTeardown();

  beforeEach(() => {
    process.env['EDGEX_TEST_PASSWORD'] = 'the secret';
    teardown.defer(() => {
      delete process.env['EDGEX_TEST_PASSWORD'];
    });
  });

  async function goRound(bus: 'mqtt' | 'redis', settings: FlowNode, user: string): Promise<void> {
    const nodes = [TAB, settings, edgexProfile(bus), edgexNode('source'), edgexNode('sink', { wires: [] }), recorder()];
    const credentials = { profile: { user, password: '${EDGEX_TEST_PASSWORD}' } };
    const flow = await startFlow(teardown, nodes, credentials);
    const got = flow.received('got');
    await flow.connected('source', 'sink');
    flow.send('sink', { payload: { a: 1 } });
    await waitFor(() => got.length === 1, 'the event');
    assert.ok(!flow.logged.some((line) => line.includes('the secret')));
  }

  it('open the MQTT bus', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { alice: 'the secret' } }));
    await goRound('mqtt', profile(broker.port), 'alice');
  });

  it('open the Redis bus, for its default user, as EdgeX sets it up', async () => {
    const server = teardown.stopLater(await startRedis({ password: 'the secret' }));
    await goRound('redis', redisProfile(server.port), 'default');
  });
});
