import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, RedisSubscriber, redisPool, refused, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';

const ALICE = { username: 'alice', password: 'secret' };
const ACL = ['alice on >secret ~* &open/* +@all'];

describe('a channel that the ACL forbids', () => {
  const teardown = useTeardown();

  it('is refused for its own nodes; the others of the same turn are active', async () => {
    const redis = teardown.stopLater(await startRedis({ acl: ACL }));
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, standalone(redis.port, ALICE));
    const stranger = new RedisSubscriber(pool, standalone(redis.port, ALICE));
    const open = [node.subscribe('open/1'), node.subscribe('open/2')];
    const forbidden = stranger.subscribe('closed/1');
    const error = await refused(forbidden);
    assert.equal(error.code, 'REDIS_NOPERM');
    assert.ok(!error.message.includes('secret'));
    for (const subscription of open) await active(subscription);
    assert.deepEqual(stranger.states, ['refused']);
    const client = await redis.client();
    await client.publish('open/2', 'end');
    await node.got('end');
    assert.equal(await redis.sockets(), 2);
  });

  it('is tried again after a reconnect, and when a node joins', async () => {
    const redis = teardown.stopLater(await startRedis({ acl: ACL }));
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, standalone(redis.port, ALICE));
    const open = node.subscribe('open/1');
    const [one, other] = [node.subscribe('closed/1'), node.subscribe('closed/2')];
    await refused(one);
    await refused(other);
    const client = await redis.client();
    // More rights disconnect nobody.
    await client.call('ACL', 'SETUSER', 'alice', '&closed/2');
    const joined = new RedisSubscriber(pool, standalone(redis.port, ALICE));
    await joined.subscribed('closed/2');
    await active(other);
    await client.call('ACL', 'SETUSER', 'alice', '&closed/1');
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await active(one);
    await active(open);
    await client.publish('closed/1', 'end');
    await node.got('end');
  });

  it('of a server that does not know the command says so', async () => {
    const redis = teardown.stopLater(await startRedis({ config: { 'rename-command': 'SSUBSCRIBE ""' } }));
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, standalone(redis.port));
    const sharded = node.subscribe('plant', 'sharded');
    const channel = node.subscribe('plant');
    assert.equal((await refused(sharded)).code, 'REDIS_UNKNOWN_COMMAND');
    await active(channel);
  });
});
