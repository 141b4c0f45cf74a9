import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { testProfile } from '../../../src/core/test-profile';
import { type MessageEvent, SEND_CHANNEL, SETTLE_CHANNEL } from '../../../src/core/tracing';
import { redisDriver } from '../../../src/drivers/redis/redis-driver';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { useTeardown } from '../../support/teardown';

describe('a Redis connection in the hands of an operator', () => {
  const teardown = useTeardown();

  async function world() {
    const server = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const node = new RedisNode(pool, redisProfile(server.port));
    await node.lease.connect();
    return { server, pool, node };
  }

  it('queues commands during a pause and sends them in order afterwards', async () => {
    const { pool, node } = await world();
    await pool.pause(node.lease.key);
    const sent = [1, 2, 3].map((value) => node.run('RPUSH', 'list', value));
    assert.equal(pool.find(node.lease.key)?.queued, 3);
    await pool.resume(node.lease.key);
    assert.deepEqual(await Promise.all(sent), [1, 2, 3]);
    assert.deepEqual(await node.run('LRANGE', 'list', 0, -1), ['1', '2', '3']);
  });

  it('loses and doubles no command that is sent while it is reconnected again and again', async () => {
    const { pool, node } = await world();
    const sent: Promise<unknown>[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (let index = 0; index < 20; index += 1) sent.push(node.run('INCR', 'counter'));
      const done = pool.reconnect(node.lease.key);
      for (let index = 0; index < 20; index += 1) sent.push(node.run('INCR', 'counter'));
      await done;
    }
    await Promise.all(sent);
    assert.equal(await node.run('GET', 'counter'), '200');
    assert.equal(pool.find(node.lease.key)?.counters.losses, 0);
  });

  it('measures each command and tells tracing tools its name, never its arguments', async () => {
    const { pool, node } = await world();
    const events: { readonly channel: string; readonly event: MessageEvent }[] = [];
    for (const channel of [SEND_CHANNEL, SETTLE_CHANNEL]) {
      const listener = (event: unknown) => void events.push({ channel, event: event as MessageEvent });
      subscribe(channel, listener);
      teardown.defer(() => unsubscribe(channel, listener));
    }
    await node.run('set', 'key', 'hush-hush');
    await node.fails('LPUSH', ['key', 'hush-hush']);
    assert.equal(pool.find(node.lease.key)?.latency.count, 2);
    assert.deepEqual(
      events.map(({ channel, event }) => [channel, event.subject]),
      [SEND_CHANNEL, SETTLE_CHANNEL, SEND_CHANNEL, SETTLE_CHANNEL].map((channel, index) => [
        channel,
        index < 2 ? 'SET' : 'LPUSH',
      ]),
    );
    assert.equal(events.at(-1)?.event.error?.code, 'REDIS_WRONGTYPE');
    assert.ok(!JSON.stringify(events).includes('hush-hush'));
  });

  it('has its settings tested apart, and told what is wrong with them', async () => {
    const { server, pool } = await world();
    const good = await testProfile(pool, redisDriver, redisProfile(server.port), 5000);
    assert.equal(good.ok && good.details['mode'], 'standalone');
    const refused = redisProfile(server.port, { username: 'nobody', password: 'hush-hush' });
    const bad = await testProfile(pool, redisDriver, refused, 5000);
    assert.ok(!bad.ok && bad.error.code.startsWith('REDIS_'), JSON.stringify(bad));
    assert.ok(!bad.error.message.includes('hush-hush'));
    assert.equal(pool.snapshot().connections.length, 1);
  });
});
