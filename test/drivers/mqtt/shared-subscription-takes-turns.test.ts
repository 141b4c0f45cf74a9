import assert from 'node:assert/strict';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a shared subscription', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`lets the nodes of one process take turns (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const pool = mqttPool(teardown);
      const clientId = uniqueId();
      const profile = { brokers: [broker.url], protocolVersion: version, clientId };
      const nodes = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
      const plain = new MqttNode(pool, profile);
      for (const node of nodes) await node.subscribed('$share/workers/jobs/+', { qos: 1 });
      await plain.subscribed('other', { qos: 1 });
      const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
      const jobs = Array.from({ length: 10 }, (_unused, index) => String(index));
      for (const job of jobs) await publisher.publish(`jobs/${job}`, job, { qos: 1 });
      await publisher.publish('other', 'end', { qos: 1 });
      await plain.got('end');
      assert.deepEqual(
        nodes.map(({ payloads }) => payloads.length),
        [5, 5],
      );
      assert.deepEqual(nodes.flatMap(({ payloads }) => payloads).sort(), jobs);
      assert.deepEqual(plain.payloads, ['end']);
    });
  }

  it('shares with clients elsewhere, and goes on when one of the nodes leaves', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const [one, other] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await one.subscribed('$share/workers/jobs/#', { qos: 1 });
    const leaving = await other.subscribed('$share/workers/jobs/#', { qos: 1 });
    const elsewhere = teardown.closeLater(await PrivateClient.connect(broker.url, { protocolVersion: 5 }));
    await elsewhere.subscribe('$share/workers/jobs/#', { qos: 1 });
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    const total = () => one.payloads.length + other.payloads.length + elsewhere.payloads.length;
    for (let job = 0; job < 12; job += 1) await publisher.publish('jobs', String(job), { qos: 1 });
    await waitFor(() => total() === 12, 'the first jobs');
    assert.equal(elsewhere.payloads.length, 6, 'the process counts as one client');
    leaving.close();
    const before = other.payloads.length;
    for (let job = 12; job < 24; job += 1) await publisher.publish('jobs', String(job), { qos: 1 });
    await waitFor(() => total() === 24, 'the other jobs');
    assert.equal(other.payloads.length, before);
  });

  it('is independent of an ordinary subscription to the same topics (5)', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const [worker, watcher] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await worker.subscribed('$share/workers/jobs/#', { qos: 1 });
    await watcher.subscribed('jobs/#', { qos: 1 });
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    for (const job of ['1', '2', 'end']) await publisher.publish('jobs/x', job, { qos: 1 });
    await worker.got('end');
    await watcher.got('end');
    assert.deepEqual(worker.payloads, ['1', '2', 'end']);
    assert.deepEqual(watcher.payloads, ['1', '2', 'end']);
  });
});
