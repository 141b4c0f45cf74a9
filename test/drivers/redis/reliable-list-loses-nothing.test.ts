import assert from 'node:assert/strict';
import type { ReliableListRequest } from '../../../src/drivers/redis/reading';
import { Random } from '../../support/random';
import { ReadingNode } from '../../support/redis-reader';
import { startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor, waitForAsync } from '../../support/waiting';

const REQUEST: ReliableListRequest = { kind: 'reliable-list', key: 'work', end: 'left', processingKey: 'work:mine' };

describe('a reliable list after a crash or a lost connection', () => {
  const teardown = useTeardown();

  it('delivers what was left from before first and in order, then goes on', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    for (const end of ['left', 'right'] as const) {
      const request = { ...REQUEST, key: end, processingKey: `${end}:mine`, end, maxUnacknowledged: 4 };
      await client.rpush(end, 1, 2, 3, 4, 5, 6, 7, 8);
      const crashed = new ReadingNode(redisPool(teardown), standalone(redis.port), request);
      await crashed.got(4);
      await crashed.items[1]?.settle?.('done');
      await crashed.got(5);
      await crashed.lease.release({ linger: false });
      const node = new ReadingNode(redisPool(teardown), standalone(redis.port), request, (items) => {
        for (const item of items) void item.settle?.('done');
      });
      await node.got(7);
      assert.deepEqual(
        node.values,
        end === 'left' ? ['1', '3', '4', '5', '6', '7', '8'] : ['8', '6', '5', '4', '3', '2', '1'],
      );
      await waitForAsync(async () => (await client.exists(`${end}:mine`)) === 0, 'all to be acknowledged');
    }
  });

  it('tells equal items apart', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await client.rpush('work', 'tick', 'tick', 'tock', 'tick');
    const node = new ReadingNode(redisPool(teardown), standalone(redis.port), REQUEST);
    await node.got(4);
    await node.items[3]?.settle?.('done');
    assert.deepEqual([...(await client.lrange('work:mine', 0, -1))].sort(), ['tick', 'tick', 'tock']);
    await client.call('CLIENT', 'KILL', 'SKIPME', 'yes');
    await waitFor(() => node.states.length === 3, 'the reader to be back');
    // Those still in hand are not delivered again.
    await client.rpush('work', 'tick');
    await node.got(5);
    assert.deepEqual(node.values.slice(4), ['tick']);
    for (const item of node.items) await item.settle?.('done');
    assert.equal(await client.exists('work:mine'), 0);
  });

  it('delivers failed items again after a reconnect', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    await client.rpush('work', 'a', 'b', 'c');
    const node = new ReadingNode(redisPool(teardown), standalone(redis.port), REQUEST);
    await node.got(3);
    await node.items[0]?.settle?.('failed');
    await node.items[2]?.settle?.('failed');
    await client.call('CLIENT', 'KILL', 'SKIPME', 'yes');
    await node.got(5);
    assert.deepEqual(node.values.slice(3), ['a', 'c']);
  });

  it('loses and doubles nothing while connections break', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const random = new Random(7);
    const done: string[] = [];
    const node = new ReadingNode(
      redisPool(teardown),
      standalone(redis.port),
      { ...REQUEST, maxUnacknowledged: 20 },
      (items) => {
        for (const item of items) {
          setTimeout(
            () => {
              done.push(item.value.toString());
              void item.settle?.('done');
            },
            random.int(0, 3),
          );
        }
      },
    );
    await node.active();
    let id = 0;
    for (let round = 0; round < 150; round += 1) {
      await client.rpush('work', ...Array.from({ length: random.int(1, 30) }, () => id++));
      if (round % 10 === 9) {
        await node.active();
        await client.call('CLIENT', 'KILL', 'SKIPME', 'yes');
      }
    }
    await waitFor(
      () => done.length >= id,
      () => `${id} items; ${done.length} are done`,
      15_000,
    );
    await waitForAsync(async () => (await client.exists('work:mine')) === 0, 'all to be acknowledged');
    assert.ok(node.states.includes('pending'));
    assert.deepEqual(
      done.map(Number).sort((one, other) => one - other),
      Array.from({ length: id }, (_, at) => at),
    );
  });
});
