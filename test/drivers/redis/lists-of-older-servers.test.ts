/** Redis 7 plays the older ones: it knows their commands, and only the version that the driver sees is changed. */
import assert from 'node:assert/strict';
import { PoppingReaders } from '../../../src/drivers/redis/lists/popping-readers';
import type { RedisReader } from '../../../src/drivers/redis/reading';
import { partsOf } from '../../support/redis-parts';
import { type RedisServer, startRedis } from '../../support/redis-server';
import { calls } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('lists and sorted sets of older servers', () => {
  const teardown = useTeardown();

  it('before 7.0 are popped by BLPOP and LPOP with a count, BZPOPMAX and ZPOPMAX', async () => {
    const redis = teardown.stopLater(await startRedis());
    const { values } = await readAll(redis, '6.2.14');
    assert.deepEqual(values, EXPECTED);
    const client = await redis.client();
    const { lmpop, blmpop, bzmpop, bzpopmax = 0 } = await calls(client, 'lmpop', 'blmpop', 'bzmpop', 'bzpopmax');
    assert.deepEqual([lmpop, blmpop, bzmpop], [0, 0, 0]);
    assert.ok(bzpopmax > 0);
  });

  it('before 6.2 come one by one, and before 6.0 time-outs are whole seconds', async () => {
    const redis = teardown.stopLater(await startRedis());
    const { values, largest } = await readAll(redis, '5.0.14');
    assert.deepEqual(values, EXPECTED);
    assert.equal(largest, 1);
  });

  /** Reads a list that is filled before, one that is filled later and a sorted set. */
  async function readAll(redis: RedisServer, version: string): Promise<{ values: string[][]; largest: number }> {
    const parts = await partsOf(teardown, redis, { version });
    const lists = teardown.closeLater(new PoppingReaders(parts, parts.sockets.lists, 'list'));
    const sets = teardown.closeLater(new PoppingReaders(parts, parts.sockets.sortedSets, 'sorted-set'));
    const values: string[][] = [[], [], []];
    let largest = 0;
    const client = await redis.client();
    await client.rpush('left', ...COUNTING);
    const take = (at: number) => ({
      items: (items: readonly { readonly value: Buffer }[]) => {
        values[at]?.push(...items.map(({ value }) => value.toString()));
        if (at < 2) largest = Math.max(largest, items.length);
      },
    });
    const readers: RedisReader[] = [
      lists.add({ kind: 'list', key: 'left', end: 'left' }, take(0)),
      lists.add({ kind: 'list', key: 'right', end: 'right', count: 3 }, take(1)),
      sets.add({ kind: 'sorted-set', key: 'set', end: 'max' }, take(2)),
    ];
    await waitFor(() => readers.every(({ state }) => state.kind === 'active'), 'the readers to be active');
    await client.rpush('right', ...COUNTING);
    await client.zadd('set', 1, 'one', 3, 'three', 2, 'two');
    await waitFor(
      () => values.flat().length === EXPECTED.flat().length,
      () => `all items; ${JSON.stringify(values)}`,
    );
    return { values, largest };
  }
});

const COUNTING = Array.from({ length: 20 }, (_, at) => `${at}`);
const EXPECTED = [COUNTING, [...COUNTING].reverse(), ['three', 'two', 'one']];
