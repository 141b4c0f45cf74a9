import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, calls, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

const CHANNELS = 1000;

describe('a thousand nodes on a channel each', () => {
  const teardown = useTeardown();

  it('share two sockets and one SUBSCRIBE, and each hears its own in order', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const nodes = Array.from({ length: CHANNELS }, () => new RedisSubscriber(pool, standalone(redis.port)));
    const subscriptions = nodes.map((node, index) => node.subscribe(`channel/${index}`));
    for (const subscription of subscriptions) await active(subscription, 15_000);
    const client = await redis.client();
    assert.deepEqual(await calls(client, 'subscribe'), { subscribe: 1 });
    assert.equal(await redis.sockets(), 2);
    for (const payload of ['1', '2', 'end']) {
      await Promise.all(nodes.map((_node, index) => client.publish(`channel/${index}`, payload)));
    }
    for (const node of nodes) await node.got('end', 15_000);
    for (const node of nodes) assert.deepEqual(node.payloads, ['1', '2', 'end']);
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    for (const node of nodes) await waitFor(() => node.states.length === 3, 'to be subscribed again', 15_000);
    await Promise.all(nodes.map((_node, index) => client.publish(`channel/${index}`, 'again')));
    for (const node of nodes) await node.got('again', 15_000);
  });
});
