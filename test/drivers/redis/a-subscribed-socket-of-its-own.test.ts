import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

for (const protocol of [3, 2] as const) {
  describe(`subscriptions and commands of one profile (RESP${protocol})`, () => {
    const teardown = useTeardown();

    it('have a socket each, and a big reply disturbs no subscription', async function () {
      this.timeout(60_000);
      const redis = teardown.stopLater(await startRedis());
      const pool = redisPool(teardown);
      const node = new RedisSubscriber(pool, standalone(redis.port, { protocol }));
      const subscription = await node.subscribed('plant');
      assert.equal(await redis.sockets(), 2);
      const client = await redis.client();
      // Redis gives up a subscribed client with 32 MB of replies to take.
      await client.set('big', Buffer.alloc(50_000_000));
      const reply = await node.session.run({ name: 'GET', args: ['big'] }, { buffers: true });
      assert.ok(Buffer.isBuffer(reply));
      assert.equal(reply.length, 50_000_000);
      await node.session.run({ name: 'PUBLISH', args: ['plant', 'end'] });
      await node.got('end');
      assert.deepEqual(node.states, ['active']);
      assert.equal(subscription.state.kind, 'active');
      assert.equal(await redis.sockets(), 2);
      const [connection] = pool.snapshot().connections;
      assert.deepEqual(
        { protocol: connection?.details?.protocol, channels: connection?.details?.channels },
        { protocol: `RESP${protocol}`, channels: 1 },
      );
      assert.deepEqual([connection?.counters.messagesIn, connection?.counters.bytesIn], [1, 3]);
    });
  });
}
