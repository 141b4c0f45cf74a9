import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, group, inState, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a group that is missing', () => {
  const teardown = useTeardown();

  it('is created again when it or its stream is deleted, loses nothing and says so', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    await consumer.reading(group());
    await addNumbers(client, 'orders', 1, 5);
    await consumer.got(5);
    await client.xgroup('DESTROY', 'orders', 'workers');
    await addNumbers(client, 'orders', 6, 10);
    await consumer.got(10);
    await client.del('orders');
    await addNumbers(client, 'orders', 11, 15);
    await consumer.got(15);
    assert.deepEqual(consumer.numbers, range(1, 15));
    assert.deepEqual(consumer.codes, ['REDIS_NOGROUP', 'REDIS_NOGROUP']);
    assert.ok(consumer.states.every(({ kind }) => kind === 'active'));
  });

  it('is told of and waited for if it is not to be created', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const consumer = new StreamConsumer(redisPool(teardown), standalone(redis.port));
    const reader = consumer.read(group({ create: false }));
    await inState(reader, 'failed');
    assert.ok(reader.state.kind === 'failed');
    assert.equal(reader.state.error.code, 'REDIS_NOGROUP');
    assert.match(reader.state.error.message, /XGROUP CREATE/);
    await addNumbers(client, 'orders', 1, 5);
    await client.xgroup('CREATE', 'orders', 'workers', '0');
    await consumer.got(5);
    await waitFor(() => reader.state.kind === 'active', 'the reader to be active again');
  });
});
