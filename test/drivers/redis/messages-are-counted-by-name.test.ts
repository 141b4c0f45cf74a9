import assert from 'node:assert/strict';
import type { SubscriptionView } from '../../../src/core/views';
import type { ReadRequest } from '../../../src/drivers/redis/reading';
import { type RedisServer, startRedis } from '../../support/redis-server';
import { RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { group, inState } from '../../support/stream-consumer';
import { useSharedTeardown, useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('what a Redis connection receives', () => {
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let redis: RedisServer;

  before(async () => {
    redis = shared.stopLater(await startRedis());
  });

  function start() {
    const pool = redisPool(teardown);
    const nodes = [1, 2].map(() => new RedisSubscriber(pool, standalone(redis.port)));
    const [first, second] = nodes;
    assert.ok(first && second);
    const listed = () => pool.glance(first.lease.key)?.subscriptions(100).listed ?? [];
    return { pool, first, second, listed };
  }

  function assertViews(listed: () => readonly SubscriptionView[], expected: readonly SubscriptionView[]) {
    const sorted = (views: readonly SubscriptionView[]) => views.map((view) => JSON.stringify(view)).sort();
    return waitFor(
      () => JSON.stringify(sorted(listed())) === JSON.stringify(sorted(expected)),
      () => `${JSON.stringify(expected)}; it is ${JSON.stringify(listed())}`,
    );
  }

  it('is counted by channel and pattern, however many nodes there are', async () => {
    const { first, second, listed } = start();
    await first.subscribed('plant/1');
    await second.subscribed('plant/1');
    await second.subscribed('plant/*', 'pattern');
    const client = await redis.client();
    await client.publish('plant/1', 'a');
    await client.publish('plant/22', 'b');
    await assertViews(listed, [
      { filter: 'plant/1', kind: 'channel', nodes: 2, messages: 1 },
      { filter: 'plant/*', kind: 'pattern', nodes: 1, messages: 2 },
    ]);
  });

  it('is counted by list, sorted set, stream and group', async () => {
    const { first, second, listed } = start();
    const client = await redis.client();
    const read = (node: RedisSubscriber, request: ReadRequest) =>
      node.session.read(request, {
        items: (items) => {
          for (const item of items) void item.settle?.('done');
        },
      });
    const stream: ReadRequest = { kind: 'stream', key: 'log', position: '$' };
    const readers = [
      read(first, { kind: 'list', key: 'jobs', end: 'left' }),
      read(second, { kind: 'list', key: 'jobs', end: 'left' }),
      read(first, { kind: 'sorted-set', key: 'scores', end: 'min' }),
      read(first, { kind: 'reliable-list', key: 'tasks', end: 'left', processingKey: 'doing' }),
      read(first, stream),
      read(second, stream),
      read(first, group()),
      read(second, group({ consumer: 'two' })),
    ];
    for (const reader of readers.slice(3)) await inState(reader, 'active');
    await client.rpush('jobs', 'a', 'b', 'c');
    await client.zadd('scores', 1, 'a', 2, 'b');
    await client.rpush('tasks', 'a');
    for (let count = 0; count < 4; count += 1) await client.xadd('log', '*', 'n', count);
    for (let count = 0; count < 5; count += 1) await client.xadd('orders', '*', 'n', count);
    await assertViews(listed, [
      { filter: 'jobs', kind: 'list', nodes: 2, messages: 3 },
      { filter: 'scores', kind: 'sorted-set', nodes: 1, messages: 2 },
      { filter: 'tasks', kind: 'reliable-list', nodes: 1, messages: 1 },
      { filter: 'log', kind: 'stream', nodes: 2, messages: 4 },
      { filter: 'orders', kind: 'group', nodes: 2, messages: 5, group: 'workers' },
    ]);
  });

  it('says what can not be read', async () => {
    const { first, listed } = start();
    const client = await redis.client();
    await client.set('text', 'no stream');
    const reader = first.session.read({ kind: 'stream', key: 'text', position: '0' }, { items: () => undefined });
    await inState(reader, 'failed');
    assert.match(listed()[0]?.refused ?? '', /\w/);
  });

  it('waits in a queue that says how much that is, while the server is away', async () => {
    const { pool, first } = start();
    await first.session.run({ name: 'PING', args: [] });
    await first.lease.disconnect();
    const commands = [1, 2, 3].map((count) => first.session.run({ name: 'SET', args: ['queued', `${count}`] }));
    const [queue] = pool.glance(first.lease.key)?.queues ?? [];
    assert.equal(queue?.waiting, 3);
    assert.ok((queue.bytes ?? 0) > 0 && (queue.oldestAt ?? 0) > 0);
    await first.lease.connect();
    await Promise.all(commands);
    assert.deepEqual(pool.glance(first.lease.key)?.queues, []);
  });
});
