import assert from 'node:assert/strict';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor, waitForAsync } from '../../support/waiting';

describe('readers of lists after a lost connection', () => {
  const teardown = useTeardown();

  it('read on when the server was started anew', async () => {
    const redis = teardown.stopLater(await startRedis({ config: { appendonly: 'yes' } }));
    const pool = redisPool(teardown);
    const profile = standalone(redis.port);
    const nodes = ['one', 'two'].map((key) => new ReadingNode(pool, profile, { kind: 'list', key, end: 'left' }));
    for (const node of nodes) await node.active();
    await redis.halt();
    for (const node of nodes) await waitFor(() => node.reader.state.kind === 'pending', 'the loss to be told');
    // While it is away one goes and another comes.
    const [one, two] = nodes;
    assert.ok(one && two);
    await two.stop();
    const three = new ReadingNode(pool, profile, { kind: 'list', key: 'three', end: 'left' });
    await redis.start();
    await one.active();
    await three.active();
    const client = await redis.client();
    await client.rpush('one', 'a');
    await client.rpush('three', 'b');
    await one.got(1);
    await three.got(1);
    assert.deepEqual(one.states, ['active', 'pending', 'active']);
  });

  it('read on when their socket alone was closed', async () => {
    const redis = teardown.stopLater(await startRedis());
    const node = new ReadingNode(redisPool(teardown), standalone(redis.port), {
      kind: 'list',
      key: 'one',
      end: 'left',
    });
    await node.active();
    const client = await redis.client();
    const blocked = async () => (await redis.clients()).find(({ cmd }) => cmd === 'blmpop');
    await waitForAsync(async () => (await blocked()) !== undefined, 'the list to be waited for');
    await client.call('CLIENT', 'KILL', 'ID', (await blocked())?.id ?? '');
    await waitFor(() => node.states.length === 3, 'the states to be told');
    assert.deepEqual(node.states, ['active', 'pending', 'active']);
    assert.equal(node.lease.state.kind, 'connected');
    await client.rpush('one', 'a');
    await node.got(1);
  });

  it('give up a server that does not answer, and come back', async () => {
    const redis = teardown.stopLater(await startRedis());
    const profile = standalone(redis.port, { commandTimeoutMillis: 500 });
    const node = new ReadingNode(redisPool(teardown), profile, { kind: 'list', key: 'one', end: 'left' });
    await node.active();
    redis.pause();
    await waitFor(() => node.reader.state.kind === 'pending', 'the silence to be noticed', 15_000);
    redis.resume();
    await node.active();
    const client = await redis.client();
    await client.rpush('one', 'a');
    await node.got(1);
  });

  it('close while the server is away, or frozen', async () => {
    const redis = teardown.stopLater(await startRedis());
    const profile = standalone(redis.port, { commandTimeoutMillis: 300 });
    const pool = redisPool(teardown);
    const one = new ReadingNode(pool, profile, { kind: 'list', key: 'one', end: 'left' });
    const two = new ReadingNode(pool, profile, { kind: 'list', key: 'two', end: 'left' });
    await one.active();
    await two.active();
    redis.pause();
    await two.lease.release({ linger: false });
    await one.lease.release({ linger: false });
    redis.resume();
    await redis.halt();
    const three = new ReadingNode(pool, profile, { kind: 'list', key: 'three', end: 'left' });
    await three.stop();
  });
});
