import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { useSharedTeardown } from '../../support/teardown';

describe('a command that would disturb others', () => {
  const teardown = useSharedTeardown();
  let shared: RedisNode;
  let own: RedisNode;

  before(async () => {
    const server = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    shared = new RedisNode(pool, redisProfile(server.port));
    own = new RedisNode(pool, redisProfile(server.port), { dedicated: true });
  });

  const commands = [
    'SELECT 1',
    'select 1',
    'WATCH a',
    'MULTI',
    'SUBSCRIBE a',
    'PSUBSCRIBE a*',
    'SSUBSCRIBE a',
    'CLIENT TRACKING ON',
    'client setname me',
    'AUTH x',
    'HELLO 2',
    'RESET',
    'QUIT',
    'BLPOP a 0',
    'XREAD BLOCK 0 STREAMS a $',
    'XREADGROUP GROUP g c BLOCK 0 STREAMS a >',
    'WAIT 1 0',
    'DEBUG SLEEP 0',
    'SCRIPT DEBUG YES',
    'script debug sync',
  ];
  for (const text of commands) {
    it(`is refused on a shared connection, with advice: ${text}`, async () => {
      const [name = '', ...args] = text.split(' ');
      const error = await shared.fails(name, args);
      assert.equal(error.code, 'REDIS_UNSHAREABLE');
      assert.match(error.message, /connection of its own/);
    });
  }

  it('is carried out on a connection of its own, and concerns nobody else', async () => {
    assert.equal(await own.run('SELECT', 1), 'OK');
    await own.run('SET', 'key', 'in 1');
    await shared.run('SET', 'key', 'in 0');
    assert.equal(await own.run('GET', 'key'), 'in 1');
    const waits = own.run('BLPOP', 'later', 0);
    assert.equal(await shared.run('PING'), 'PONG');
    await shared.run('SELECT 1').catch(() => undefined);
    await shared.session.run({
      name: 'EVAL',
      args: ["redis.call('SELECT', 1) return redis.call('RPUSH', 'later', 'x')", 0],
    });
    assert.deepEqual(await waits, ['later', 'x']);
    assert.equal(await shared.run('GET', 'key'), 'in 0');
  });

  it('is refused everywhere if no client can follow it', async () => {
    for (const node of [shared, own]) {
      assert.equal((await node.fails('MONITOR', [])).code, 'REDIS_UNSUPPORTED');
      assert.equal((await node.fails('CLIENT', ['REPLY', 'OFF'])).code, 'REDIS_UNSUPPORTED');
      assert.equal((await node.fails('REPLCONF', ['ACK', '0'])).code, 'REDIS_UNSUPPORTED');
    }
  });
});
