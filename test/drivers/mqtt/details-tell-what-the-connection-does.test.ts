import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { useTeardown } from '../../support/teardown';

describe('the details in the snapshot', () => {
  const teardown = useTeardown();

  it('tell version, client id, broker, subscriptions and what waits, without secrets', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { me: 'hidden-word' } }));
    const pool = mqttPool(teardown);
    const clientId = uniqueId();
    const profile = {
      brokers: [broker.url.replace('//', '//me:hidden-word@')],
      protocolVersion: 5 as const,
      clientId,
      username: 'me',
      password: 'hidden-word',
    };
    const nodes = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    for (const [index, node] of nodes.entries()) await node.subscribed('d/#', { qos: index === 0 ? 0 : 2 });
    const snapshot = pool.snapshot();
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot, 'it is plain JSON');
    const details = snapshot.connections[0]?.details;
    assert.equal(details?.['protocolVersion'], 5);
    assert.equal(details['clientId'], clientId);
    assert.deepEqual(details['subscriptions'], [{ filter: 'd/#', qos: 2, subscribers: 2, state: 'active' }]);
    assert.equal(details['queued'], 0);
    assert.equal(details['inFlight'], 0);
    assert.ok(!JSON.stringify(snapshot).includes('hidden-word'));
    assert.ok(!(nodes[0]?.lease.address ?? 'hidden-word').includes('hidden-word'));
  });
});
