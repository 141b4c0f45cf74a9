import assert from 'node:assert/strict';
import type { RedisArgument } from '../../../src/drivers/redis/session';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { useSharedTeardown } from '../../support/teardown';

describe('an argument of a command', () => {
  const teardown = useSharedTeardown();
  let node: RedisNode;

  before(async () => {
    const server = teardown.stopLater(await startRedis());
    node = new RedisNode(redisPool(teardown), redisProfile(server.port));
  });

  const good: readonly [what: string, given: RedisArgument | bigint, stored: string][] = [
    ['text', 'ä €', 'ä €'],
    ['empty text', '', ''],
    ['a number', 1.5, '1.5'],
    ['a large whole number', 2 ** 53, '9007199254740992'],
    ['infinity', Number.NEGATIVE_INFINITY, '-inf'],
    ['a bigint', 12_345_678_901_234_567_890n, '12345678901234567890'],
    ['a buffer', Buffer.from('bytes'), 'bytes'],
  ];
  for (const [what, given, stored] of good) {
    it(`can be ${what}`, async () => {
      await node.run('SET', 'key', given as RedisArgument);
      assert.equal(await node.run('GET', 'key'), stored);
    });
  }

  it('keeps the bytes of a buffer', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 128]);
    await node.run('SET', 'bytes', bytes);
    assert.deepEqual(await node.session.run({ name: 'GET', args: ['bytes'] }, { buffers: true }), bytes);
  });

  for (const bad of [undefined, null, true, Number.NaN, {}, [], new Date(0), Symbol('x'), () => 1]) {
    it(`can't be ${Array.isArray(bad) ? 'an array' : bad instanceof Date ? 'a date' : typeof bad === 'object' ? (bad === null ? 'null' : 'an object') : typeof bad === 'number' ? 'NaN' : typeof bad}`, async () => {
      const error = await node.fails('SET', ['key', bad as unknown as RedisArgument]);
      assert.equal(error.code, 'REDIS_INVALID_ARGUMENT');
      assert.match(error.message, /Argument 2 of SET/);
    });
  }

  it('is nothing without a name', async () => {
    assert.equal((await node.fails('', [])).code, 'REDIS_INVALID_ARGUMENT');
    assert.equal((await node.fails(undefined as unknown as string, [])).code, 'REDIS_INVALID_ARGUMENT');
  });
});
