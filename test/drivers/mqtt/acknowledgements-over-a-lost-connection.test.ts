import assert from 'node:assert/strict';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { type StubBroker, startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { staysFalse, waitFor } from '../../support/waiting';

describe('messages that are not acknowledged when the connection breaks', () => {
  const teardown = useTeardown();

  /** A node that acknowledges, on a session that goes on. */
  async function start(broker: StubBroker, version: 4 | 5, qos: 1 | 2, lasting = true) {
    const session = lasting ? { cleanSession: false, ...(version === 5 ? { sessionExpirySeconds: 60 } : {}) } : {};
    const profile = { brokers: [broker.url], protocolVersion: version, clientId: uniqueId(), ...session };
    const node = new MqttNode(mqttPool(teardown), profile);
    await node.subscribed('a', { qos, acknowledge: 'complete' });
    return node;
  }

  async function reconnect(broker: StubBroker, node: MqttNode) {
    const { accepted } = broker;
    broker.dropAll();
    await waitFor(() => broker.accepted > accepted && node.lease.state.kind === 'connected', 'a new connection');
  }

  for (const version of [4, 5] as const) {
    for (const qos of [1, 2] as const) {
      const answer = qos === 1 ? 'puback' : 'pubrec';
      const suffix = `(version ${version}, QoS ${qos})`;

      it(`are not handed out again, and are acknowledged on the new one ${suffix}`, async () => {
        const broker = teardown.stopLater(await startStub());
        const node = await start(broker, version, qos);
        for (const payload of ['1', '2', '3']) broker.publish('a', payload, { qos });
        await waitFor(() => node.payloads.length === 3, 'all three');
        const [one, two, three] = node.messages;
        two?.acknowledge?.('done');
        await broker.stop();
        await waitFor(() => node.lease.state.kind !== 'connected', 'the loss');
        three?.acknowledge?.('done');
        await broker.start();
        await waitFor(() => node.lease.state.kind === 'connected', 'a new connection');
        broker.publish('a', '4', { qos });
        await node.got('4');
        assert.deepEqual(broker.of(answer), []);
        one?.acknowledge?.('done');
        await waitFor(() => broker.of(answer).length === 3, 'their acknowledgements');
        assert.deepEqual(
          broker.of(answer).map(({ messageId }) => messageId),
          [1, 2, 3],
        );
        assert.deepEqual(node.payloads, ['1', '2', '3', '4']);
        node.messages[3]?.acknowledge?.('done');
        await waitFor(() => broker.of(answer).length === 4, 'the last acknowledgement');
      });

      it(`are new messages in a new session ${suffix}`, async () => {
        const broker = teardown.stopLater(await startStub());
        const node = await start(broker, version, qos, false);
        broker.publish('a', '1', { qos });
        await node.got('1');
        await reconnect(broker, node);
        await waitFor(() => broker.of('subscribe').length === 2, 'another SUBSCRIBE');
        broker.publish('a', '1', { qos });
        await waitFor(() => node.payloads.length === 2, 'the message of the new session');
        node.messages[0]?.acknowledge?.('done');
        await staysFalse(() => broker.of(answer).length > 0, 'an acknowledgement for another connection', 40);
        node.messages[1]?.acknowledge?.('done');
        await waitFor(() => broker.of(answer).length === 1, 'its own acknowledgement');
      });
    }

    it(`are handed out once at QoS 2 also if PUBREC got lost (version ${version})`, async () => {
      let swallow = true;
      const broker = teardown.stopLater(await startStub({ onPacket: (packet) => swallow && packet.cmd === 'pubrec' }));
      const node = await start(broker, version, 2);
      broker.publish('a', '1', { qos: 2 });
      await node.got('1');
      node.messages[0]?.acknowledge?.('done');
      await waitFor(() => broker.of('pubrec').length === 1, 'the PUBREC');
      swallow = false;
      await reconnect(broker, node);
      await waitFor(() => broker.of('pubcomp').length === 1, 'the end of the exchange');
      broker.publish('a', '2', { qos: 2 });
      await node.got('2');
      assert.deepEqual(node.payloads, ['1', '2']);
    });

    it(`are handed out once at QoS 2 also if PUBREL got lost (version ${version})`, async () => {
      const broker = teardown.stopLater(await startStub());
      const node = await start(broker, version, 2);
      broker.hold('pubrel');
      broker.publish('a', '1', { qos: 2 });
      await node.got('1');
      node.messages[0]?.acknowledge?.('done');
      await waitFor(() => broker.of('pubrec').length === 1, 'the PUBREC');
      await reconnect(broker, node);
      broker.release();
      await waitFor(() => broker.of('pubcomp').length > 0, 'the end of the exchange');
      assert.deepEqual(node.payloads, ['1']);
    });
  }

  it('are new messages if the broker has used their identifier for something else', async () => {
    const broker = teardown.stopLater(await startStub());
    const node = await start(broker, 5, 1);
    broker.publish('a', 'expires', { qos: 1 });
    await node.got('expires');
    const [session] = broker.sessions.values();
    session?.settled(1);
    broker.dropAll();
    await waitFor(() => broker.accepted === 2 && node.lease.state.kind === 'connected', 'a new connection');
    const packet = { cmd: 'publish', topic: 'a', qos: 1, retain: false, messageId: 1 } as const;
    broker.connections[0]?.send({ ...packet, payload: 'other', dup: true });
    await node.got('other');
    node.messages[0]?.acknowledge?.('done');
    assert.deepEqual(broker.of('puback'), []);
    node.messages[1]?.acknowledge?.('done');
    await waitFor(() => broker.of('puback').length === 1, 'its acknowledgement');
  });
});
