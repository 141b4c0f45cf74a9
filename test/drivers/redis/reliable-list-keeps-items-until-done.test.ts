import assert from 'node:assert/strict';
import type { ReliableListRequest } from '../../../src/drivers/redis/reading';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { calls, redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitForAsync } from '../../support/waiting';

const REQUEST: ReliableListRequest = { kind: 'reliable-list', key: 'work', end: 'left', processingKey: 'work:mine' };

describe('a reliable list', () => {
  const teardown = useTeardown();

  it('keeps each item in the processing list until it is done', async () => {
    const redis = teardown.stopLater(await startRedis());
    const node = new ReadingNode(redisPool(teardown), standalone(redis.port), REQUEST);
    await node.active();
    const client = await redis.client();
    await client.rpush('work', 'a', 'b', 'c');
    await node.got(3);
    assert.deepEqual(await client.lrange('work:mine', 0, -1), ['a', 'b', 'c']);
    assert.equal(node.reader.unacknowledged, 3);
    await node.items[1]?.settle?.('done');
    await node.items[1]?.settle?.('failed');
    assert.deepEqual(await client.lrange('work:mine', 0, -1), ['a', 'c']);
    await node.items[0]?.settle?.('failed');
    assert.equal(node.reader.unacknowledged, 1);
    await node.items[2]?.settle?.('done');
    assert.deepEqual(await client.lrange('work:mine', 0, -1), ['a']);
    assert.equal(await redis.sockets(), 1);
  });

  it('has no more unacknowledged items than allowed', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await client.rpush('work', ...Array.from({ length: 50 }, (_, at) => `${at}`));
    const node = new ReadingNode(redisPool(teardown), standalone(redis.port), { ...REQUEST, maxUnacknowledged: 3 });
    for (let at = 0; at < 50; at += 1) {
      await node.got(at + 1);
      assert.ok(node.reader.unacknowledged <= 3);
      assert.ok((await client.llen('work:mine')) <= 3);
      await node.items[at]?.settle?.('done');
    }
    assert.deepEqual(
      node.values,
      Array.from({ length: 50 }, (_, at) => `${at}`),
    );
  });

  it('waits for a slow receiver', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    let free = () => {};
    const node = new ReadingNode(
      redisPool(teardown),
      standalone(redis.port),
      REQUEST,
      () =>
        new Promise((resolve) => {
          free = resolve;
        }),
    );
    await client.rpush('work', 'a');
    await node.got(1);
    await client.rpush('work', 'b');
    // Acknowledging is not held back.
    await node.items[0]?.settle?.('done');
    assert.equal(await client.exists('work:mine'), 0);
    assert.equal(node.items.length, 1);
    free();
    await node.got(2);
  });

  it('of a wrong type fails its reader alone, which resumes', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const pool = redisPool(teardown);
    await client.set('wrong', 'a string');
    const wrong = new ReadingNode(pool, standalone(redis.port), {
      ...REQUEST,
      key: 'wrong',
      processingKey: 'wrong:mine',
    });
    const right = new ReadingNode(pool, standalone(redis.port), REQUEST);
    assert.equal((await wrong.failed()).code, 'REDIS_WRONGTYPE');
    await client.rpush('work', 'a');
    await right.got(1);
    await client.del('wrong');
    await client.rpush('wrong', 'b');
    await wrong.got(1);
    assert.deepEqual(wrong.states, ['REDIS_WRONGTYPE', 'active']);
    assert.deepEqual(right.states, ['active']);
  });

  it('serves without scripts, too', async () => {
    const acl = ['reader on >secret ~* &* +@all -@scripting'];
    const redis = teardown.stopLater(await startRedis({ acl }));
    const client = await redis.client();
    const profile = standalone(redis.port, { username: 'reader', password: 'secret' });
    await client.rpush('work', ...Array.from({ length: 500 }, (_, at) => `${at}`));
    const node = new ReadingNode(redisPool(teardown), profile, REQUEST, (items) => {
      for (const item of items) void item.settle?.('done');
    });
    await node.got(500);
    await waitForAsync(async () => (await client.exists('work:mine')) === 0, 'all to be acknowledged');
    assert.equal(new Set(node.values).size, 500);
  });

  it('idles at little cost, whatever the number of readers', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const pool = redisPool(teardown);
    const nodes = Array.from(
      { length: 100 },
      (_, at) =>
        new ReadingNode(pool, standalone(redis.port), {
          ...REQUEST,
          key: `list ${at}`,
          processingKey: `list ${at}:mine`,
        }),
    );
    for (const node of nodes) await node.active();
    const before = await calls(client, 'exists', 'evalsha');
    await waitForAsync(
      async () => ((await calls(client, 'exists')).exists ?? 0) > (before.exists ?? 0) + 5,
      'some looks',
    );
    const after = await calls(client, 'evalsha');
    assert.equal(after.evalsha, before.evalsha);
    await client.rpush('list 99', 'a');
    await nodes[99]?.got(1);
    assert.equal(await redis.sockets(), 1);
  });

  it('belongs to one reader, and passes to the next with what is not settled', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const pool = redisPool(teardown);
    const node = new ReadingNode(pool, standalone(redis.port), REQUEST);
    assert.throws(() => new ReadingNode(pool, standalone(redis.port), REQUEST), { code: 'REDIS_INVALID_ARGUMENT' });
    await client.rpush('work', 'tick', 'tick');
    await node.got(2);
    await node.reader.close();
    await node.items[0]?.settle?.('done');
    assert.equal(await client.llen('work:mine'), 1);
    const next = new ReadingNode(pool, standalone(redis.port), REQUEST);
    await next.got(1);
    assert.equal(node.reader.unacknowledged, 0);
    await node.items[1]?.settle?.('done');
    assert.equal(await client.llen('work:mine'), 1);
    await next.items[0]?.settle?.('done');
    assert.equal(await client.llen('work:mine'), 0);
  });
});
