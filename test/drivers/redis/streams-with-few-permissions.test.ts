import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, inState, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';

describe('a user who may do little', () => {
  const teardown = useTeardown();

  it('reads streams without CLIENT, XINFO, XPENDING and XCLAIM', async () => {
    const acl = ['reader on >secret ~* &* +@connection +info +xread +xreadgroup +xack +xgroup -client'];
    const redis = teardown.stopLater(await startRedis({ acl }));
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port, { username: 'reader', password: 'secret' });
    const plain = new StreamConsumer(pool, profile);
    const worker = new StreamConsumer(pool, profile);
    await plain.reading({ kind: 'stream', key: 'orders', position: '0' });
    await worker.reading(group());
    await addNumbers(client, 'orders', 1, 20);
    await plain.got(20);
    await worker.got(20);
    await addNumbers(client, 'orders', 21, 40);
    await plain.got(40);
    await worker.got(40);
    await allAcknowledged(client);
    assert.deepEqual(plain.numbers, range(1, 40));
    assert.deepEqual(worker.numbers, range(1, 40));
    assert.deepEqual(worker.codes, ['REDIS_NOPERM']);
  });

  it('is told of a stream that he may not read, and reads it when he may', async () => {
    const redis = teardown.stopLater(await startRedis({ acl: ['reader on >secret ~plant:* +@all'] }));
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port, { username: 'reader', password: 'secret' });
    const denied = new StreamConsumer(pool, profile);
    const allowed = new StreamConsumer(pool, profile);
    await allowed.reading({ kind: 'stream', key: 'plant:1', position: '0' });
    const reader = denied.read({ kind: 'stream', key: 'secrets', position: '0' });
    await inState(reader, 'failed');
    assert.ok(reader.state.kind === 'failed');
    assert.equal(reader.state.error.code, 'REDIS_NOPERM');
    await addNumbers(client, 'plant:1', 1, 3);
    await addNumbers(client, 'secrets', 1, 3);
    await allowed.got(3);
    await client.call('ACL', 'SETUSER', 'reader', '~secrets');
    await denied.got(3);
  });
});
