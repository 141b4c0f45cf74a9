import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { errorOf, nextLoss, reached } from '../../support/states';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const MESSAGES = 50;

describe('a path to the broker that stops forwarding without a word', () => {
  const teardown = useTeardown();

  async function world(silenceMillis?: number) {
    const broker = teardown.stopLater(await startMosquitto());
    const proxy = teardown.stopLater(await startProxy(broker.port));
    const profile = { brokers: [proxy.url], keepAliveSeconds: 60, ...(silenceMillis ? { silenceMillis } : {}) };
    const node = new MqttNode(mqttPool(teardown), profile);
    await node.lease.connect();
    const receiver = teardown.closeLater(await PrivateClient.connect(broker.url));
    await receiver.subscribe('through', { qos: 2 });
    return { proxy, node, receiver };
  }

  it('is noticed long before the keep-alive, and loses nothing at QoS 1', async () => {
    const { proxy, node, receiver } = await world(400);
    const lost = nextLoss(node.lease);
    let why: string | undefined;
    node.lease.onState((state) => {
      if (state.kind === 'waiting') why ??= errorOf(state).message;
    });
    proxy.silence(true);
    const numbers = Array.from({ length: MESSAGES }, (_unused, index) => String(index));
    const published = numbers.map((payload) => node.publish({ topic: 'through', payload, qos: 1 }));
    await lost;
    assert.match(why ?? '', /does not answer any more/);
    proxy.cut();
    proxy.silence(false);
    await Promise.all(published);
    await receiver.got(MESSAGES);
    assert.deepEqual(receiver.payloads, numbers);
  });

  it('is noticed with the defaults, too', async function () {
    this.timeout(60_000);
    const { proxy, node } = await world();
    const lost = nextLoss(node.lease);
    proxy.silence(true);
    await lost;
    proxy.silence(false);
    await reached(node.lease, 'connected');
  });
});

describe('a connection on which nothing happens', () => {
  const teardown = useTeardown();

  it('is kept: the broker answers when asked', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    // Half of this time is what a broker on a loaded machine has to answer.
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], silenceMillis: 2000 });
    await node.lease.connect();
    let losses = 0;
    node.lease.onState((state) => {
      if (state.kind === 'waiting') losses += 1;
    });
    await waitFor(() => broker.count('PINGREQ') > 1, 'the broker to be asked twice');
    await node.publish({ topic: 'still', payload: 'here', qos: 1 });
    assert.equal(losses, 0);
  });
});
