import assert from 'node:assert/strict';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startStub } from '../../support/stub-broker';
import { useTeardown } from '../../support/teardown';
import { staysFalse, waitFor } from '../../support/waiting';

const REFUSED = 0x83;

describe('a message that several nodes of one connection got', () => {
  const teardown = useTeardown();

  async function start(version: 4 | 5 = 5) {
    const broker = teardown.stopLater(await startStub());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: version };
    const nodes = [new MqttNode(pool, profile), new MqttNode(pool, profile)] as const;
    return { broker, nodes };
  }

  it('is acknowledged when the last of them has done it', async () => {
    const { broker, nodes } = await start();
    for (const node of nodes) await node.subscribed('a', { qos: 1, acknowledge: 'complete' });
    broker.publish('a', '1', { qos: 1 });
    for (const node of nodes) await node.got('1');
    nodes[0].messages[0]?.acknowledge?.('done');
    nodes[0].messages[0]?.acknowledge?.('done');
    await staysFalse(() => broker.of('puback').length > 0, 'an acknowledgement before the other', 40);
    nodes[1].messages[0]?.acknowledge?.('done');
    await waitFor(() => broker.of('puback').length === 1, 'the acknowledgement');
  });

  it('waits for those only that acknowledge', async () => {
    const { broker, nodes } = await start();
    await nodes[0].subscribed('a', { qos: 2 });
    await nodes[1].subscribed('#', { qos: 1, acknowledge: 'complete' });
    broker.publish('a', '1', { qos: 2 });
    for (const node of nodes) await node.got('1');
    assert.deepEqual(broker.of('pubrec'), []);
    assert.equal(nodes[0].messages[0]?.acknowledge, undefined);
    nodes[1].messages[0]?.acknowledge?.('done');
    await waitFor(() => broker.of('pubcomp').length === 1, 'the end of the exchange');
    assert.deepEqual(nodes[0].seen, ['1/2']);
    assert.deepEqual(nodes[1].seen, ['1/1']);
  });

  it('is refused with a reason if all of them failed, and with none if one did it', async () => {
    const { broker, nodes } = await start();
    for (const node of nodes) await node.subscribed('a', { qos: 1, acknowledge: 'complete' });
    for (const [payload, outcomes] of [
      ['1', ['failed', 'failed']],
      ['2', ['failed', 'done']],
    ] as const) {
      broker.publish('a', payload, { qos: 1 });
      for (const [index, node] of nodes.entries()) {
        await node.got(payload);
        node.messages.at(-1)?.acknowledge?.(outcomes[index] ?? 'done');
      }
    }
    await waitFor(() => broker.of('puback').length === 2, 'both acknowledgements');
    assert.deepEqual(
      broker.of('puback').map(({ reasonCode = 0 }) => reasonCode),
      [REFUSED, 0],
    );
  });

  it('that was refused at QoS 2 is over with that', async () => {
    const { broker, nodes } = await start();
    await nodes[0].subscribed('a', { qos: 2, acknowledge: 'complete' });
    broker.publish('a', '1', { qos: 2 });
    await nodes[0].got('1');
    nodes[0].messages[0]?.acknowledge?.('failed');
    await waitFor(() => broker.of('pubrec').length === 1, 'the PUBREC');
    assert.equal(broker.of('pubrec')[0]?.reasonCode, REFUSED);
    broker.connections[0]?.send({
      cmd: 'publish',
      topic: 'a',
      payload: '2',
      qos: 2,
      retain: false,
      dup: false,
      messageId: 1,
    });
    await nodes[0].got('2');
  });

  it('is acknowledged for a listener that throws', async () => {
    const { broker, nodes } = await start();
    nodes[0].session.subscribe('a', { qos: 1, acknowledge: 'complete' }, () => {
      throw new Error('no');
    });
    await nodes[1].subscribed('a', { qos: 1 });
    broker.publish('a', '1', { qos: 1 });
    await nodes[1].got('1');
    await waitFor(() => broker.of('puback').length === 1, 'the acknowledgement');
    assert.equal(broker.of('puback')[0]?.reasonCode ?? 0, 0);
  });

  it('that failed is acknowledged like any other on 3.1.1, which has no reasons', async () => {
    const { broker, nodes } = await start(4);
    await nodes[0].subscribed('a', { qos: 1, acknowledge: 'complete' });
    broker.publish('a', '1', { qos: 1 });
    await nodes[0].got('1');
    nodes[0].messages[0]?.acknowledge?.('failed');
    await waitFor(() => broker.of('puback').length === 1, 'the acknowledgement');
  });

  it('of QoS 2 that came before anybody acknowledged is handed out at its PUBREL, once', async () => {
    const { broker, nodes } = await start();
    await nodes[0].subscribed('a', { qos: 2 });
    broker.hold('pubrel');
    broker.publish('a', '1', { qos: 2 });
    await waitFor(() => broker.of('pubrec').length === 1, 'the PUBREC');
    await nodes[1].subscribed('b', { qos: 2, acknowledge: 'complete' });
    broker.release();
    await nodes[0].got('1');
    broker.publish('a', '2', { qos: 2 });
    await nodes[0].got('2');
    await waitFor(() => broker.of('pubcomp').length === 2, 'the end of both exchanges');
    assert.deepEqual(nodes[0].payloads, ['1', '2']);
  });
});
