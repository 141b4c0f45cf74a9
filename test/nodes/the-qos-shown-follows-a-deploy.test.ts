import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, source, startFlow, TAB } from './node-red';

describe('the QoS shown for a filter after a deploy', () => {
  const teardown = useTeardown();

  it('is what the changed source asks for', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me' });
    const nodes = (qos: string) => [TAB, settings, source({ topic: 'site/a', qos })];
    const flow = await startFlow(teardown, nodes('2'));
    const shown = () => {
      const [connection] = getPool().snapshot().connections;
      return connection && getPool().glance(connection.key)?.subscriptions(10).listed;
    };
    await waitFor(() => shown()?.[0]?.qos === 2, 'QoS 2');
    await broker.waitForLog(/Sending SUBACK to me/);
    await flow.deploy(nodes('1'), 'nodes');
    await waitFor(
      () => shown()?.[0]?.qos === 1,
      () => `QoS 1; it showed ${JSON.stringify(shown())}`,
    );
    assert.deepEqual(shown(), [{ filter: 'site/a', qos: 1, nodes: 1, messages: 0 }]);
    assert.equal(broker.count('CONNECT', 'me'), 1);
  });
});
