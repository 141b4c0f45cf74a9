import assert from 'node:assert/strict';
import type { PopKind } from '../../../src/drivers/redis/lists/pop-commands';
import { PoppingReaders } from '../../../src/drivers/redis/lists/popping-readers';
import type { ListRequest, SortedSetRequest } from '../../../src/drivers/redis/reading';
import { partsOf } from '../../support/redis-parts';
import { type RedisServer, startRedis } from '../../support/redis-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('items that come just as their reader closes', () => {
  const teardown = useTeardown();

  for (const end of ['left', 'right'] as const) {
    it(`go back to the ${end} end of the list in their order`, async () => {
      const redis = teardown.stopLater(await startRedis());
      const client = await redis.client();
      const fill = () => client.rpush('list', 'a', 'b', 'c', 'd', 'e');
      const { warnings, delivered } = await closeWhile(redis, { kind: 'list', key: 'list', end, count: 3 }, fill);
      assert.deepEqual(await client.lrange('list', 0, -1), ['a', 'b', 'c', 'd', 'e']);
      assert.equal(delivered, 0);
      assert.deepEqual(warnings, []);
    });
  }

  it('go back to the sorted set with their scores', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const fill = () => client.zadd('set', '-inf', 'a', 0.1, 'b', 7, 'c');
    await closeWhile(redis, { kind: 'sorted-set', key: 'set', end: 'min', count: 2 }, fill);
    assert.deepEqual(await client.zrange('set', '0', '-1', 'WITHSCORES'), [
      'a',
      '-inf',
      'b',
      '0.10000000000000001',
      'c',
      '7',
    ]);
  });

  it('are told of as lost when they cannot go back', async () => {
    const redis = teardown.stopLater(await startRedis());
    const client = await redis.client();
    const fill = () => client.rpush('list', 'a', 'b');
    const { warnings } = await closeWhile(redis, { kind: 'list', key: 'list', end: 'left' }, fill, ['LPUSH']);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['REDIS_ITEMS_LOST'],
    );
    assert.match(warnings[0]?.message ?? '', /^2 items of list were taken for a reader that had just closed/);
  });

  /** Closes a reader, and has items come after that and before the blocking command is interrupted. */
  async function closeWhile(
    redis: RedisServer,
    request: ListRequest | SortedSetRequest,
    fill: () => Promise<unknown>,
    failing: readonly string[] = [],
  ) {
    let closing = false;
    const before = async (name: string, sub?: unknown) => {
      if (!closing || name !== 'CLIENT' || sub !== 'UNBLOCK') return;
      closing = false;
      await fill();
    };
    const parts = await partsOf(teardown, redis, { before, failing });
    const kind: PopKind = request.kind;
    const socket = kind === 'list' ? parts.sockets.lists : parts.sockets.sortedSets;
    const readers = teardown.closeLater(new PoppingReaders(parts, socket, kind));
    let delivered = 0;
    const reader = readers.add(request, {
      items: (items) => {
        delivered += items.length;
      },
    });
    await waitFor(() => reader.state.kind === 'active', 'the reader to be active');
    closing = true;
    await reader.close();
    return { warnings: parts.warnings, delivered };
  }
});
