import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { group, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('entries beyond what a subscribed socket may carry', () => {
  const teardown = useTeardown();

  it('arrive, and the socket is lost once at most', async function () {
    this.timeout(60_000);
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const subscriber = new RedisSubscriber(pool, standalone(redis.port));
    const subscription = subscriber.subscribe('plant');
    await active(subscription);
    const plain = new StreamConsumer(pool, standalone(redis.port));
    const worker = new StreamConsumer(pool, standalone(redis.port));
    await plain.reading({ kind: 'stream', key: 'orders', position: '$' });
    await worker.reading(group());
    const huge = Buffer.alloc(40 * 1024 * 1024, 1);
    for (let count = 1; count <= 4; count += 1) {
      await client.xadd('orders', '*', 'n', count, 'huge', huge);
      await plain.got(count, 20_000);
      await worker.got(count, 20_000);
    }
    assert.ok(plain.items.every(({ fields }) => fields?.[3]?.length === huge.length));
    await active(subscription);
    const losses = subscriber.states.filter((state) => state === 'active').length - 1;
    assert.ok(losses <= 1, `${losses} losses`);
    await client.publish('plant', 'still there');
    await subscriber.got('still there');
  });
});
