import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const COUNT = 60;

describe('a receiver that keeps a message for long', function () {
  this.timeout(30_000);
  const teardown = useTeardown();

  for (const qos of [1, 2] as const) {
    it(`takes no more from its neighbours than that, and keeps its own order (QoS ${qos})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: 5 as const, receiveMaximum: 5 };
      const [slow, quick, working] = [
        new MqttNode(pool, profile),
        new MqttNode(pool, profile),
        new MqttNode(pool, profile),
      ];
      await slow.subscribed('slow', { qos, acknowledge: 'complete' });
      await quick.subscribed('quick', { qos });
      working.session.subscribe('working', { qos, acknowledge: 'complete' }, (message) => {
        working.messages.push(message);
        setImmediate(() => message.acknowledge?.('done'));
      });
      await waitFor(() => broker.of('subscribe').length === 3, 'the subscriptions');
      for (const payload of ['1', '2', '3']) broker.publish('slow', payload, { qos });
      for (let number = 0; number < COUNT; number += 1) {
        broker.publish(number % 2 ? 'quick' : 'working', String(number), { qos });
      }
      await waitFor(() => quick.messages.length + working.messages.length === COUNT, 'what the neighbours get');
      const answers = () => (qos === 1 ? broker.of('puback') : broker.of('pubrec')).map(({ messageId }) => messageId);
      await waitFor(() => answers().length === COUNT, 'their acknowledgements');
      assert.deepEqual(slow.payloads, ['1', '2', '3']);
      const others = answers();
      for (const index of [2, 1]) slow.messages[index]?.acknowledge?.('done');
      broker.publish('quick', 'end', { qos });
      await quick.got('end');
      slow.messages[0]?.acknowledge?.('done');
      await waitFor(() => answers().length === COUNT + 4, 'all acknowledgements');
      assert.deepEqual(
        answers().filter((id) => id !== undefined && id <= 3),
        [1, 2, 3],
      );
      assert.deepEqual(
        others,
        others.toSorted((one, other) => Number(one) - Number(other)),
      );
    });
  }

  it('is taken by a real broker as it comes', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const, receiveMaximum: 5 };
    const [slow, quick] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await slow.subscribed('slow', { qos: 1, acknowledge: 'complete' });
    await quick.subscribed('quick', { qos: 2 });
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    await publisher.publish('slow', '1', { qos: 1 });
    for (let number = 0; number < COUNT; number += 1) {
      await publisher.publish('quick', String(number), { qos: number % 2 ? 1 : 2 });
    }
    await waitFor(() => quick.messages.length === COUNT, 'what the neighbour gets');
    slow.messages[0]?.acknowledge?.('done');
    await publisher.publish('slow', '2', { qos: 1 });
    await slow.got('2');
    assert.equal(broker.count('CONNECT'), 2);
  });
});
