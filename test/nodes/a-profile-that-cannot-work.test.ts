import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a profile that cannot work', () => {
  const teardown = useTeardown();

  async function startWith(properties: Record<string, unknown>, ...more: Parameters<typeof startFlow>[1]) {
    const nodes = [TAB, profile(1, properties), source(), sink(), recorder(), recorder('caught'), catcher(), ...more];
    const flow = await startFlow(teardown, nodes, { profile: { user: 'u', password: 'hidden' } });
    const caught = flow.received('caught');
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => caught.length === 1, 'the error of the message');
    return { flow, code: caughtCode(caught[0]) };
  }

  it('is told to each of its nodes, by field', async () => {
    const { flow, code } = await startWith({ port: '70000' });
    assert.equal(code, 'MQTT_INVALID_PROFILE');
    for (const id of ['source', 'sink']) {
      await flow.shows(id, 'profile has invalid settings');
      assert.ok(flow.problems.some((line) => line.startsWith(`${id}: "Port" must be`)));
    }
    assert.ok(!flow.logged.some((line) => line.includes('hidden')));
  });

  it('because of an unreadable certificate does not connect with less', async () => {
    const tls = { id: 'tls', type: 'tls-config', cert: '/nowhere/cert', key: '/nowhere/key', ca: '' };
    const { flow, code } = await startWith({ usetls: true, tls: 'tls' }, tls);
    assert.equal(code, 'MQTT_TLS');
    await flow.shows('source', 'TLS failed');
  });

  it('because its TLS configuration is gone does not connect with less', async () => {
    const { code } = await startWith({ usetls: true, tls: 'deleted' });
    assert.equal(code, 'MQTT_TLS');
  });
});
