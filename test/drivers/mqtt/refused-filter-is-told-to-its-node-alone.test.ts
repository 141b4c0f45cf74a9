import assert from 'node:assert/strict';
import { startAedes } from '../../support/aedes-broker';
import { active, MqttNode, mqttPool, refused } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a filter the broker refuses', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`is told to its node alone, with the filter's name (stub, ${version})`, async () => {
      const refuseFilter = (filter: string) =>
        filter.startsWith('secret') ? (version === 5 ? 0x87 : 0x80) : undefined;
      const broker = teardown.stopLater(await startStub({ refuseFilter }));
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: version };
      const nodes = [new MqttNode(pool, profile), new MqttNode(pool, profile), new MqttNode(pool, profile)] as const;
      const told: string[] = [];
      const subscriptions = [
        nodes[0].subscribe('open/1', { qos: 1, onState: ({ kind }) => told.push(`open ${kind}`) }),
        nodes[1].subscribe('secret/1', { qos: 1, onState: ({ kind }) => told.push(`secret ${kind}`) }),
        nodes[2].subscribe('open/2', { qos: 1 }),
      ] as const;
      const error = await refused(subscriptions[1]);
      assert.equal(error.code, 'MQTT_SUBSCRIPTION_REFUSED');
      assert.match(error.message, /secret\/1/);
      await active(subscriptions[0]);
      await active(subscriptions[2]);
      assert.deepEqual([...told].sort(), ['open active', 'secret refused']);
      assert.equal(nodes[1].lease.state.kind, 'connected');
      broker.publish('open/1', 'x');
      await nodes[0].got('x');
    });
  }

  it('is recognised with aedes, and asked for again after a reconnect', async () => {
    // mosquitto refuses no SUBSCRIBE by its ACL file, only the messages; aedes asks its authorisation hook.
    const broker = teardown.stopLater(
      await startAedes({
        authorizeSubscribe: (_client, subscription, callback) =>
          callback(null, subscription.topic.startsWith('secret') ? null : subscription),
      }),
    );
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 4 as const };
    const [open, secret] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    const told: string[] = [];
    const subscription = secret.subscribe('secret/1', { qos: 1, onState: ({ kind }) => told.push(kind) });
    await open.subscribed('open/1', { qos: 1 });
    const error = await refused(subscription);
    assert.equal(error.code, 'MQTT_SUBSCRIPTION_REFUSED');
    await open.publish({ topic: 'open/1', payload: 'x', qos: 1 });
    await open.got('x');
    await broker.stop();
    await broker.start();
    await waitFor(() => told.filter((kind) => kind === 'refused').length === 2, 'it to be refused again');
  });

  it('with neighbours on the same filter is told to each of them once', async () => {
    const broker = teardown.stopLater(await startStub({ refuseFilter: () => 0x80 }));
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const told = [0, 0, 0];
    const subscriptions = told.map((_unused, index) =>
      new MqttNode(pool, profile).subscribe('secret', {
        onState: ({ kind }) => {
          if (kind === 'refused') told[index] = (told[index] ?? 0) + 1;
        },
      }),
    );
    for (const subscription of subscriptions) await refused(subscription);
    assert.deepEqual(told, [1, 1, 1]);
  });
});
