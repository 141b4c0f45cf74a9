import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('many streams', () => {
  const teardown = useTeardown();

  it('join and leave while entries arrive, with subscriptions beside them, on two sockets', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const subscriber = new RedisSubscriber(pool, standalone(redis.port));
    const consumers: StreamConsumer[] = [];
    for (let at = 0; at < 200; at += 1) {
      const key = `plant:${at}`;
      const consumer = new StreamConsumer(pool, standalone(redis.port));
      consumers.push(consumer);
      const grouped = at % 2 === 0;
      const request = grouped ? group({ key }) : ({ kind: 'stream', key, position: '$' } as const);
      const reading = consumer.reading(request);
      // Not one after the other: some join together, some while entries arrive.
      if (at % 10 === 0) await reading;
      if (at % 10 === 9) {
        await Promise.all(range(at - 9, at).map((one) => inTime(consumers[one])));
        await Promise.all(range(0, at).map((one) => addNumbers(client, `plant:${one}`, 1, 1)));
      }
      if (at % 50 === 0) await active(subscriber.subscribe(`channel:${at}`), 4000);
    }
    assert.equal(await redis.sockets(), 2);
    for (const [at, consumer] of consumers.entries()) await consumer.got(20 - Math.floor(at / 10));
    for (const leaving of consumers.slice(0, 100)) await leaving.lease.release({ linger: false });
    await Promise.all(range(100, 199).map((one) => addNumbers(client, `plant:${one}`, 2, 2)));
    for (const [at, consumer] of consumers.slice(100).entries()) {
      await consumer.got(20 - Math.floor((at + 100) / 10) + 1);
      assert.equal(consumer.numbers.at(-1), 2);
    }
  });
});

async function inTime(consumer: StreamConsumer | undefined): Promise<void> {
  await waitFor(() => consumer?.states.at(-1)?.kind === 'active', 'the stream to be read');
}
