import assert from 'node:assert/strict';
import type { RedisProfile } from '../../../src/drivers/redis/profile';
import { type RedisCluster, startRedisCluster } from '../../support/redis-cluster';
import type { RedisServer } from '../../support/redis-server';
import { active, RedisSubscriber, redisPool } from '../../support/redis-subscriber';
import { useSharedTeardown, useTeardown } from '../../support/teardown';
import { waitFor, waitForAsync } from '../../support/waiting';

const PATTERN = '__keyspace@0__:*';

describe('keyspace events of a cluster', function () {
  this.timeout(60_000);
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let cluster: RedisCluster;
  let profile: RedisProfile;

  before(async () => {
    cluster = shared.stopLater(await startRedisCluster({ 'notify-keyspace-events': 'KEA' }));
    profile = { endpoint: { kind: 'cluster', nodes: cluster.nodes } };
  });

  it('come from every master, once to each node, whatever the number of nodes', async () => {
    const pool = redisPool(teardown);
    const nodes = [0, 1, 2].map(() => new RedisSubscriber(pool, profile));
    const subscriptions = nodes.map((node) => node.subscribe(PATTERN, 'pattern'));
    for (const subscription of subscriptions) await active(subscription);
    const client = await cluster.client();
    const keys = Array.from({ length: 20 }, (_unused, index) => `key/${index}`);
    for (const key of keys) await client.set(key, 'value');
    const expected = keys.map((key) => `__keyspace@0__:${key} set (${PATTERN})`).sort();
    for (const node of nodes) await waitFor(() => node.messages.length >= keys.length, 'all events');
    for (const node of nodes) assert.deepEqual([...node.seen].sort(), expected);
    for (const master of cluster.masters) {
      const subscribed = (await master.clients()).filter(({ psub }) => Number(psub) > 0);
      assert.equal(subscribed.length, 1);
    }
  });

  it('come again after CLIENT KILL, and end with the last node', async () => {
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, profile);
    const subscription = await node.subscribed(PATTERN, 'pattern');
    const clients = await Promise.all(cluster.masters.map((master) => master.client()));
    const subscriber = async (master: RedisServer) => (await master.clients()).find(({ psub }) => Number(psub) > 0)?.id;
    const before = await Promise.all(cluster.masters.map(subscriber));
    for (const client of clients) await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const areBack = async () => {
      const now = await Promise.all(cluster.masters.map(subscriber));
      return now.every((id, index) => id !== undefined && id !== before[index]);
    };
    await waitForAsync(areBack, 'the subscriptions to come back');
    assert.ok(node.states.includes('pending'));
    await active(subscription);
    const client = await cluster.client();
    for (const key of ['a', 'b', 'c', 'd']) await client.set(key, 'value');
    await waitFor(() => node.messages.length === 4, 'all events');
    const other = new RedisSubscriber(pool, profile);
    subscription.close();
    const areEnded = async () => (await Promise.all(clients.map((each) => each.pubsub('NUMPAT')))).join() === '0,0,0';
    await waitForAsync(areEnded, 'the subscriptions to be ended');
    assert.equal(other.lease.state.kind, 'connected');
  });
});
