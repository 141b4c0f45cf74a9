import assert from 'node:assert/strict';
import type { RedisProfile } from '../../../src/drivers/redis/profile';
import { type RedisCluster, startRedisCluster } from '../../support/redis-cluster';
import { active, RedisSubscriber, redisPool } from '../../support/redis-subscriber';
import { useSharedTeardown, useTeardown } from '../../support/teardown';
import { waitForAsync } from '../../support/waiting';

describe('subscriptions in a cluster', function () {
  this.timeout(60_000);
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let cluster: RedisCluster;
  let profile: RedisProfile;

  before(async () => {
    cluster = shared.stopLater(await startRedisCluster());
    profile = { endpoint: { kind: 'cluster', nodes: cluster.nodes } };
  });

  it('channels and patterns hear what is published at any node', async () => {
    const pool = redisPool(teardown);
    const [one, other] = [new RedisSubscriber(pool, profile), new RedisSubscriber(pool, profile)];
    await one.subscribed('plant');
    await one.subscribed('pla*', 'pattern');
    await other.subscribed('plant');
    const clients = await Promise.all(cluster.masters.map((master) => master.client()));
    for (const [index, client] of clients.entries()) await client.publish('plant', `from ${index}`);
    const all = clients.map((_client, index) => `from ${index}`);
    for (const payload of all) for (const node of [one, other]) await node.got(payload);
    assert.deepEqual([...other.payloads].sort(), all);
    assert.deepEqual([...one.payloads].sort(), [...all, ...all].sort());
  });

  it('sharded channels of many slots are independent of each other', async () => {
    const pool = redisPool(teardown);
    const [one, other] = [new RedisSubscriber(pool, profile), new RedisSubscriber(pool, profile)];
    const names = Array.from({ length: 30 }, (_unused, index) => `shard/${index}`);
    const subscriptions = names.map((name) => one.subscribe(name, 'sharded'));
    const second = other.subscribe('shard/7', 'sharded');
    for (const subscription of [...subscriptions, second]) await active(subscription);
    const client = await cluster.client();
    for (const name of names) await client.call('SPUBLISH', name, `for ${name}`);
    for (const name of names) await one.got(`for ${name}`);
    await other.got('for shard/7');
    assert.equal(one.messages.length, names.length);
    assert.equal(other.messages.length, 1);
    subscriptions[7]?.close();
    await client.call('SPUBLISH', 'shard/7', 'for the other');
    await other.got('for the other');
    second.close();
    const isEnded = async () => (await client.call('SPUBLISH', 'shard/7', 'for nobody')) === 0;
    await waitForAsync(isEnded, 'the subscription to be ended');
    assert.equal(one.messages.length, names.length);
  });

  it('a sharded channel whose slot moves is subscribed again where it went', async () => {
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, profile);
    const name = 'shard/moved';
    await node.subscribed(name, 'sharded');
    await node.subscribed('plant');
    const clients = await Promise.all(cluster.masters.map((master) => master.client()));
    const slot = Number(await clients[0]?.call('CLUSTER', 'KEYSLOT', name));
    const ids = await Promise.all(clients.map((client) => client.call('CLUSTER', 'MYID')));
    const owner = Math.floor(slot / Math.ceil(16_384 / clients.length));
    const next = (owner + 1) % clients.length;
    // As a migration: with it the new owner's word outweighs what the old one said before and is still on its way.
    await clients[next]?.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(ids[owner]));
    await clients[owner]?.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(ids[next]));
    for (const index of [next, owner, ...clients.keys()]) {
      await clients[index]?.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(ids[next]));
    }
    const arrives = async () => (await clients[next]?.call('SPUBLISH', name, 'moved')) === 1;
    await waitForAsync(arrives, 'the channel to be subscribed at its new node', 15_000);
    await node.got('moved');
    await clients[owner]?.publish('plant', 'end');
    await node.got('end');
  });

  it('all kinds come back after CLIENT KILL', async () => {
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, profile);
    await node.subscribed('plant');
    await node.subscribed('pla*', 'pattern');
    const shards = Array.from({ length: 6 }, (_unused, index) => `shard/${index}`);
    for (const name of shards) await node.subscribed(name, 'sharded');
    const clients = await Promise.all(cluster.masters.map((master) => master.client()));
    for (const client of clients) await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    const client = await cluster.client();
    const arrive = async () => {
      await clients[0]?.publish('plant', 'again');
      for (const name of shards) await client.call('SPUBLISH', name, 'again');
      const { seen } = node;
      return ['plant again', 'plant again (pla*)', ...shards.map((name) => `${name} again`)].every((text) =>
        seen.includes(text),
      );
    };
    await waitForAsync(arrive, 'messages to arrive again', 15_000);
  });
});
