import assert from 'node:assert/strict';
import { type RedisServer, startRedis } from '../../support/redis-server';
import { RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { useSharedTeardown, useTeardown } from '../../support/teardown';

for (const protocol of [3, 2] as const) {
  describe(`a channel and patterns that match the same message (RESP${protocol})`, () => {
    const shared = useSharedTeardown();
    const teardown = useTeardown();
    let redis: RedisServer;

    before(async () => {
      redis = shared.stopLater(await startRedis());
    });

    it('each get their own copy, and only their own', async () => {
      const pool = redisPool(teardown);
      const profile = standalone(redis.port, { protocol });
      const byChannel = new RedisSubscriber(pool, profile);
      const byPattern = new RedisSubscriber(pool, profile);
      const byBoth = new RedisSubscriber(pool, profile);
      await byChannel.subscribed('plant/1');
      await byPattern.subscribed('plant/*', 'pattern');
      await byBoth.subscribed('plant/1');
      await byBoth.subscribed('plant/?', 'pattern');
      await byBoth.subscribed('plant/*', 'pattern');
      const client = await redis.client();
      await client.publish('plant/1', 'a');
      await client.publish('plant/22', 'b');
      await client.publish('plant/1', 'end');
      for (const node of [byChannel, byPattern, byBoth]) await node.got('end');
      assert.deepEqual(byChannel.seen, ['plant/1 a', 'plant/1 end']);
      assert.deepEqual(byPattern.seen, ['plant/1 a (plant/*)', 'plant/22 b (plant/*)', 'plant/1 end (plant/*)']);
      await byBoth.session.run({ name: 'PING', args: [] });
      const expected = ['plant/1 a', 'plant/1 a (plant/*)', 'plant/1 a (plant/?)', 'plant/1 end'];
      expected.push('plant/1 end (plant/*)', 'plant/1 end (plant/?)', 'plant/22 b (plant/*)');
      assert.deepEqual([...byBoth.seen].sort(), expected);
    });

    it('the end of the last sharded channel leaves the others alone, and the other way round', async () => {
      const pool = redisPool(teardown);
      const node = new RedisSubscriber(pool, standalone(redis.port, { protocol }));
      const client = await redis.client();
      const channel = await node.subscribed('kept');
      const sharded = await node.subscribed('shard', 'sharded');
      sharded.close();
      await client.publish('kept', 'after sunsubscribe');
      await node.got('after sunsubscribe');
      await node.subscribed('shard', 'sharded');
      channel.close();
      await client.call('SPUBLISH', 'shard', 'after unsubscribe');
      await node.got('after unsubscribe');
      await node.subscribed('kept');
      await client.publish('kept', 'again');
      await node.got('again');
    });

    it('a message is bytes, and names are text of any kind', async () => {
      const pool = redisPool(teardown);
      const node = new RedisSubscriber(pool, standalone(redis.port, { protocol }));
      const client = await redis.client();
      const names = ['', ' ', 'Grüße 🙂', '__proto__', 'constructor', 'a\r\nb', '*', '[x]'];
      for (const name of names) await node.subscribed(name);
      for (const name of names) await client.publish(name, Buffer.from([0, 255, 13, 10]));
      await client.publish('*', 'end');
      await node.got('end');
      assert.deepEqual(
        node.messages.slice(0, -1).map(({ channel, payload }) => [channel, payload.toString('hex')]),
        names.map((name) => [name, '00ff0d0a']),
      );
    });
  });
}
