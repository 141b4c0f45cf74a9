import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { useSharedTeardown } from '../../support/teardown';

describe('an error reply of the server', () => {
  const teardown = useSharedTeardown();
  let node: RedisNode;
  let neighbour: RedisNode;
  let limited: RedisNode;

  before(async () => {
    const acl = ['limited on >pass ~mine:* resetchannels -@all +get +set +ping +info'];
    const server = teardown.stopLater(await startRedis({ acl }));
    const pool = redisPool(teardown);
    node = new RedisNode(pool, redisProfile(server.port));
    neighbour = new RedisNode(pool, redisProfile(server.port));
    await node.lease.connect();
    await node.run('SET', 'text', 'x');
    limited = new RedisNode(pool, redisProfile(server.port, { username: 'limited', password: 'pass' }));
    await limited.lease.connect();
  });

  const cases: readonly [what: string, code: string, name: string, args: (string | number | Buffer)[]][] = [
    ['a wrong type', 'REDIS_WRONGTYPE', 'LPUSH', ['text', 'x']],
    ['an unknown command', 'REDIS_UNKNOWN_COMMAND', 'NOSUCHCOMMAND', ['secret-value']],
    ['an unknown subcommand', 'REDIS_UNKNOWN_COMMAND', 'CONFIG', ['NOSUCH', 'secret-value']],
    ['too few arguments', 'REDIS_WRONG_ARITY', 'GET', []],
    ['a script that is not known', 'REDIS_NOSCRIPT', 'EVALSHA', ['0'.repeat(40), 0]],
    ['a script that fails', 'REDIS_SCRIPT_ERROR', 'EVAL', ['return nosuch.thing', 0]],
    ['a script that does not compile', 'REDIS_SCRIPT_ERROR', 'EVAL', ['return (', 0]],
    ['a missing group', 'REDIS_NOGROUP', 'XREADGROUP', ['GROUP', 'g', 'c', 'STREAMS', 'nostream', '>']],
    ['a value that is no number', 'REDIS_ERROR', 'INCR', ['text']],
  ];

  for (const [what, code, name, args] of cases) {
    it(`for ${what} is ${code}, for that command alone`, async () => {
      const [error, pong] = await Promise.all([node.fails(name, args), neighbour.run('PING')]);
      assert.equal(error.code, code, error.message);
      assert.ok(!error.message.includes('secret-value'), error.message);
      assert.equal(pong, 'PONG');
      assert.equal(node.lease.state.kind, 'connected');
    });
  }

  it('for memory that is full is REDIS_OOM, and reading goes on', async () => {
    await node.run('CONFIG', 'SET', 'maxmemory', '1');
    assert.equal((await node.fails('SET', ['key', 'value'])).code, 'REDIS_OOM');
    assert.equal(await neighbour.run('GET', 'text'), 'x');
    await node.run('CONFIG', 'SET', 'maxmemory', '0');
  });

  it('for a missing permission is REDIS_NOPERM, for key and command', async () => {
    assert.equal((await limited.fails('GET', ['theirs:a'])).code, 'REDIS_NOPERM');
    assert.equal((await limited.fails('DEL', ['mine:a'])).code, 'REDIS_NOPERM');
    assert.equal(await limited.run('SET', 'mine:a', '1'), 'OK');
  });
});
