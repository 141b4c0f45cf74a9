import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

for (const protocol of [3, 2] as const) {
  describe(`subscriptions after a lost connection (RESP${protocol})`, () => {
    const teardown = useTeardown();

    it('come back after CLIENT KILL', async () => {
      const redis = teardown.stopLater(await startRedis());
      const node = new RedisSubscriber(redisPool(teardown), standalone(redis.port, { protocol }));
      const subscriptions = [
        await node.subscribed('plant'),
        await node.subscribed('plant*', 'pattern'),
        await node.subscribed('plant', 'sharded'),
      ];
      const client = await redis.client();
      for (let round = 0; round < 3; round += 1) {
        node.states.length = 0;
        await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await waitFor(() => node.states.length >= 6, 'the states to be told');
        assert.deepEqual(node.states.slice(0, 6), ['pending', 'pending', 'pending', 'active', 'active', 'active']);
        for (const subscription of subscriptions) await active(subscription);
        await client.publish('plant', `message ${round}`);
        await client.call('SPUBLISH', 'plant', `sharded ${round}`);
        await node.got(`sharded ${round}`);
      }
      assert.equal(node.messages.length, 9);
      assert.equal(node.lease.state.kind, 'connected');
    });

    it('come back when the server was started anew', async () => {
      const redis = teardown.stopLater(await startRedis());
      const node = new RedisSubscriber(redisPool(teardown), standalone(redis.port, { protocol }));
      const channel = await node.subscribed('plant');
      const pattern = await node.subscribed('plant*', 'pattern');
      await redis.halt();
      await waitFor(() => channel.state.kind === 'pending', 'the loss to be told');
      const late = node.subscribe('late');
      pattern.close();
      await redis.start();
      await reached(node.lease, 'connected');
      await active(channel);
      await active(late);
      const client = await redis.client();
      await client.publish('plant', 'one');
      await client.publish('late', 'end');
      await node.got('end');
      assert.deepEqual(node.seen, ['plant one', 'late end']);
      assert.equal(await client.pubsub('NUMPAT'), 0);
    });

    it('come back when the server had frozen', async () => {
      const redis = teardown.stopLater(await startRedis());
      const profile = standalone(redis.port, { protocol, commandTimeoutMillis: 400 });
      const node = new RedisSubscriber(redisPool(teardown), profile);
      const subscription = await node.subscribed('plant');
      const client = await redis.client();
      redis.pause();
      await waitFor(() => subscription.state.kind === 'pending', 'the silence to be noticed', 15_000);
      redis.resume();
      await active(subscription, 15_000);
      await client.publish('plant', 'end');
      await node.got('end');
    });

    it('wait for a server that is not there yet', async () => {
      const redis = teardown.stopLater(await startRedis());
      await redis.halt();
      const node = new RedisSubscriber(redisPool(teardown), standalone(redis.port, { protocol }));
      const subscription = node.subscribe('plant');
      await reached(node.lease, 'waiting');
      assert.equal(subscription.state.kind, 'pending');
      await redis.start();
      await active(subscription);
    });
  });
}
