import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { type StubBroker, startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { staysFalse, waitFor } from '../../support/waiting';

const NUMBERS = ['1', '2', '3', '4', '5', '6', '7', '8'];

/** Identifiers of the acknowledgements a broker has got, in order. */
function acknowledged(broker: StubBroker, qos: 1 | 2): (number | undefined)[] {
  return (qos === 1 ? broker.of('puback') : broker.of('pubrec')).map(({ messageId }) => messageId);
}

describe('messages that their receiver acknowledges', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    for (const qos of [1, 2] as const) {
      it(`come all while none is acknowledged, and are acknowledged in order (version ${version}, QoS ${qos})`, async () => {
        const broker = teardown.stopLater(await startStub());
        const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: version });
        await node.subscribed('a', { qos, acknowledge: 'complete' });
        for (const number of NUMBERS) broker.publish('a', number, { qos });
        await waitFor(() => node.payloads.length === NUMBERS.length, 'all of them');
        assert.deepEqual(acknowledged(broker, qos), []);
        for (const index of [7, 2, 1]) node.messages[index]?.acknowledge?.('done');
        await staysFalse(() => acknowledged(broker, qos).length > 0, 'an acknowledgement out of order', 40);
        node.messages[0]?.acknowledge?.('done');
        await waitFor(() => acknowledged(broker, qos).length === 3, 'the first three');
        for (const message of node.messages) message.acknowledge?.('done');
        await waitFor(() => acknowledged(broker, qos).length === NUMBERS.length, 'the rest');
        assert.deepEqual(acknowledged(broker, qos), NUMBERS.map(Number));
        assert.deepEqual(node.payloads, NUMBERS);
        if (qos === 2) await waitFor(() => broker.of('pubcomp').length === NUMBERS.length, 'all completed');
      });
    }
  }

  for (const qos of [1, 2] as const) {
    it(`are in flight up to the receive maximum (QoS ${qos})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
      const profile = { brokers: [broker.url], protocolVersion: 5 as const, receiveMaximum: 5 };
      const node = new MqttNode(mqttPool(teardown), profile);
      await node.subscribed('a', { qos, acknowledge: 'complete' });
      for (const number of NUMBERS) await publisher.publish('a', number, { qos });
      await waitFor(() => node.payloads.length === 5, 'as many as may be in flight');
      await staysFalse(() => node.payloads.length > 5, 'more than that', 60);
      for (let index = 0; index < NUMBERS.length; index += 1) {
        await waitFor(() => node.messages.length > index, `message ${index}`);
        node.messages[index]?.acknowledge?.('done');
      }
      assert.deepEqual(node.payloads, NUMBERS);
    });
  }

  it('have nothing to acknowledge at QoS 0', async () => {
    const broker = teardown.stopLater(await startStub());
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url] });
    await node.subscribed('a', { qos: 1, acknowledge: 'complete' });
    broker.publish('a', '0', { qos: 0 });
    broker.publish('a', '1', { qos: 1 });
    await node.got('1');
    assert.deepEqual(
      node.messages.map(({ acknowledge }) => acknowledge !== undefined),
      [false, true],
    );
  });
});
