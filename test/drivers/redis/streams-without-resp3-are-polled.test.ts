import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('a server that speaks RESP2', () => {
  const teardown = useTeardown();

  it('is asked for entries over the command socket', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port, { protocol: 2 });
    const plain = new StreamConsumer(pool, profile);
    const worker = new StreamConsumer(pool, profile);
    await plain.reading({ kind: 'stream', key: 'orders', position: '$' });
    await worker.reading(group());
    for (let round = 0; round < 5; round += 1) {
      await addNumbers(client, 'orders', round * 50 + 1, round * 50 + 50);
      await plain.got(round * 50 + 50);
      await worker.got(round * 50 + 50);
    }
    assert.deepEqual(plain.numbers, range(1, 250));
    assert.deepEqual(worker.numbers, range(1, 250));
    await allAcknowledged(client);
    assert.equal(await redis.sockets(), 1);
  });
});
