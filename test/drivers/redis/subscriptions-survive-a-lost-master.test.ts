import assert from 'node:assert/strict';
import { startRedisCluster } from '../../support/redis-cluster';
import { startRedisSentinel } from '../../support/redis-sentinel';
import { active, RedisSubscriber, redisPool } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitForAsync } from '../../support/waiting';

describe('subscriptions when a master is lost', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('go on at the new one behind a Sentinel', async () => {
    const group = teardown.stopLater(await startRedisSentinel());
    const node = new RedisSubscriber(redisPool(teardown), {
      endpoint: { kind: 'sentinel', sentinels: group.sentinels, masterName: group.masterName },
    });
    const subscriptions = [
      await node.subscribed('plant'),
      await node.subscribed('pla*', 'pattern'),
      await node.subscribed('plant', 'sharded'),
    ];
    await group.killMaster();
    await group.failedOver();
    for (const subscription of subscriptions) await active(subscription, 20_000);
    const client = await group.replica.client();
    const areBack = async () => {
      const [, channels] = (await client.pubsub('NUMSUB', 'plant')) as [string, number];
      const [, shards] = (await client.call('PUBSUB', 'SHARDNUMSUB', 'plant')) as [string, number];
      return channels === 1 && shards === 1 && Number(await client.pubsub('NUMPAT')) === 1;
    };
    await waitForAsync(areBack, 'the subscriptions at the new master', 20_000);
    await client.publish('plant', 'after');
    await client.call('SPUBLISH', 'plant', 'end');
    await node.got('end');
    assert.deepEqual(node.seen, ['plant after', 'plant after (pla*)', 'plant end']);
  });

  it('go on at the other nodes of a cluster, and the sharded ones when it is back', async () => {
    const cluster = teardown.stopLater(await startRedisCluster({ 'cluster-require-full-coverage': 'no' }));
    const profile = { endpoint: { kind: 'cluster', nodes: cluster.nodes } } as const;
    const node = new RedisSubscriber(redisPool(teardown), profile);
    await node.subscribed('plant');
    await node.subscribed('pla*', 'pattern');
    const shards = Array.from({ length: 12 }, (_unused, index) => `shard/${index}`);
    for (const name of shards) await node.subscribed(name, 'sharded');
    // The one that serves the subscriptions.
    const clients = await Promise.all(cluster.masters.map((master) => master.clients()));
    const serving = clients.findIndex((list) => list.some(({ psub }) => Number(psub) > 0));
    const master = cluster.masters[serving];
    const other = await cluster.masters[(serving + 1) % cluster.masters.length]?.client();
    assert.ok(master && other);
    await master.halt('SIGKILL');
    let count = 0;
    const arrives = async () => {
      count += 1;
      await other.publish('plant', `after ${count}`);
      return (
        node.seen.some((text) => text.startsWith('plant after')) && node.seen.some((text) => text.endsWith('(pla*)'))
      );
    };
    await waitForAsync(arrives, 'messages from the other nodes', 20_000);
    await master.start();
    await cluster.settled();
    const client = await cluster.client();
    const areBack = async () => {
      for (const name of shards) await client.call('SPUBLISH', name, `for ${name}`);
      return shards.every((name) => node.payloads.includes(`for ${name}`));
    };
    await waitForAsync(areBack, 'the sharded channels to come back', 20_000);
  });
});
