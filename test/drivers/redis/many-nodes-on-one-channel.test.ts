import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, calls, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitForAsync } from '../../support/waiting';

describe('many nodes on one channel', () => {
  const teardown = useTeardown();

  it('make one SUBSCRIBE on two sockets, and each gets every message once', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const nodes = Array.from({ length: 20 }, () => new RedisSubscriber(pool, standalone(redis.port)));
    const subscriptions = nodes.map((node) => node.subscribe('plant'));
    for (const subscription of subscriptions) await active(subscription);
    const client = await redis.client();
    assert.deepEqual(await calls(client, 'subscribe'), { subscribe: 1 });
    assert.equal(await redis.sockets(), 2);
    for (const payload of ['1', '2', '3', 'end']) await client.publish('plant', payload);
    for (const node of nodes) await node.got('end');
    for (const node of nodes) assert.deepEqual(node.payloads, ['1', '2', '3', 'end']);
    assert.deepEqual(await client.pubsub('NUMSUB', 'plant'), ['plant', 1]);
  });

  it('and all names of one turn share one command of each kind', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, standalone(redis.port));
    const subscriptions = [1, 2, 3].flatMap((number) => [
      node.subscribe(`channel/${number}`),
      node.subscribe(`pattern/${number}/*`, 'pattern'),
      node.subscribe(`sharded/${number}`, 'sharded'),
    ]);
    for (const subscription of subscriptions) await active(subscription);
    const client = await redis.client();
    const commands = ['subscribe', 'psubscribe', 'ssubscribe', 'unsubscribe', 'punsubscribe', 'sunsubscribe'];
    const expected = { subscribe: 1, psubscribe: 1, ssubscribe: 1, unsubscribe: 0, punsubscribe: 0, sunsubscribe: 0 };
    assert.deepEqual(await calls(client, ...commands), expected);
    for (const subscription of subscriptions) subscription.close();
    const areEnded = async () => (await calls(client, 'sunsubscribe')).sunsubscribe === 1;
    await waitForAsync(areEnded, 'the subscriptions to be ended');
    assert.deepEqual(await calls(client, 'unsubscribe', 'punsubscribe'), { unsubscribe: 1, punsubscribe: 1 });
  });

  it('end it with the last of them', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const [one, other] = [0, 1].map(() => new RedisSubscriber(pool, standalone(redis.port)));
    assert.ok(one && other);
    const first = await one.subscribed('plant');
    const second = await other.subscribed('plant');
    const client = await redis.client();
    first.close();
    await client.publish('plant', 'still');
    await other.got('still');
    assert.deepEqual(await calls(client, 'unsubscribe'), { unsubscribe: 0 });
    second.close();
    const isEnded = async () => (await client.publish('plant', 'nobody')) === 0;
    await waitForAsync(isEnded, 'the subscription to be ended');
    assert.deepEqual(one.payloads, []);
    assert.deepEqual(other.payloads, ['still']);
  });
});
