import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

const LOGIN = { username: 'reader', password: 'secret' };

describe('what the user may not do', () => {
  const teardown = useTeardown();

  it('a key fails its reader alone, until it is allowed', async () => {
    const redis = teardown.stopLater(await startRedis({ acl: ['reader on >secret ~mine* &* +@all'] }));
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port, LOGIN);
    const nodes = ['mine 1', 'mine 2', 'theirs', 'mine 3'].map(
      (key) => new ReadingNode(pool, profile, { kind: 'list', key, end: 'left' }),
    );
    const [, , theirs] = nodes;
    const mine = nodes.filter((node) => node !== theirs);
    assert.ok(theirs);
    assert.equal((await theirs.failed()).code, 'REDIS_NOPERM');
    for (const node of mine) {
      await client.rpush(node.reader.request.key, 'a');
      await node.got(1);
      assert.deepEqual(node.states, ['active']);
    }
    await client.call('ACL', 'SETUSER', 'reader', 'allkeys');
    await client.rpush('theirs', 'b');
    await theirs.got(1);
    assert.deepEqual(theirs.states, ['REDIS_NOPERM', 'active']);
    // Taken away again while all are waited for.
    await client.call('ACL', 'SETUSER', 'reader', 'resetkeys', '~mine*');
    await client.rpush('mine 1', 'b');
    await theirs.failed();
    await client.rpush('mine 2', 'b');
    for (const node of mine.slice(0, 2)) await node.got(2);
  });

  it('the commands of Redis 7: the older ones serve', async () => {
    const acl = ['reader on >secret ~* &* +@all -lmpop -blmpop -zmpop -bzmpop'];
    const redis = teardown.stopLater(await startRedis({ acl }));
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port, LOGIN);
    const list = new ReadingNode(pool, profile, { kind: 'list', key: 'list', end: 'right', count: 2 });
    const set = new ReadingNode(pool, profile, { kind: 'sorted-set', key: 'set', end: 'max' });
    await list.active();
    await set.active();
    await client.rpush('list', 'a', 'b', 'c');
    await client.zadd('set', 1, 'a', 2, 'b');
    await list.got(3);
    await set.got(2);
    assert.deepEqual(list.values, ['c', 'b', 'a']);
    assert.deepEqual(set.values, ['b', 'a']);
    assert.deepEqual(list.states, ['active']);
  });

  it('CLIENT UNBLOCK: readers still come and go', async () => {
    const acl = ['reader on >secret ~* &* +@all -client|unblock'];
    const redis = teardown.stopLater(await startRedis({ acl }));
    const pool = redisPool(teardown);
    const client = await redis.client();
    const profile = standalone(redis.port, LOGIN);
    const first = new ReadingNode(pool, profile, { kind: 'list', key: 'first', end: 'left' });
    await first.active();
    const second = new ReadingNode(pool, profile, { kind: 'list', key: 'second', end: 'left' });
    await client.rpush('second', 'a');
    await second.got(1);
    await second.stop();
    await client.rpush('second', 'b');
    await client.rpush('first', 'c');
    await first.got(1);
    assert.equal(await client.llen('second'), 1);
  });

  it('any of it: every reader says so', async () => {
    const redis = teardown.stopLater(await startRedis({ acl: ['reader on >secret ~* &* +@all -@list'] }));
    const node = new ReadingNode(redisPool(teardown), standalone(redis.port, LOGIN), {
      kind: 'list',
      key: 'list',
      end: 'left',
    });
    assert.equal((await node.failed()).code, 'REDIS_NOPERM');
  });
});
