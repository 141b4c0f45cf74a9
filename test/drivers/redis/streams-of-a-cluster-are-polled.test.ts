import assert from 'node:assert/strict';
import { startRedisCluster } from '../../support/redis-cluster';
import { redisPool } from '../../support/redis-subscriber';
import { addNumbers, group, numberOf, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { waitFor, waitForAsync } from '../../support/waiting';

describe('streams of a cluster', () => {
  const teardown = useTeardown();

  it('are read wherever they are, and entries given up go to another slot, too', async function () {
    this.timeout(60_000);
    const cluster = teardown.stopLater(await startRedisCluster());
    const pool = redisPool(teardown);
    const client = await cluster.client();
    const profile = { endpoint: { kind: 'cluster' as const, nodes: cluster.nodes } };
    const keys = range(1, 9).map((number) => `plant:${number}`);
    const readers = keys.map((key) => {
      const plain = new StreamConsumer(pool, profile);
      const worker = new StreamConsumer(pool, profile);
      worker.decide = (item) => (numberOf(item) === 7 ? 'failed' : 'done');
      const reading = Promise.all([
        plain.reading({ kind: 'stream', key, position: '$' }),
        worker.reading(group({ key, claimIdleMillis: 50, maxDeliveries: 1, deadLetterKey: 'dead' })),
      ]);
      return { key, plain, worker, reading };
    });
    await Promise.all(readers.map(({ reading }) => reading));
    for (const { key } of readers) await addNumbers(client, key, 1, 20);
    for (const { key, plain, worker } of readers) {
      await plain.got(20);
      await worker.got(20);
      assert.deepEqual(plain.numbers, range(1, 20), key);
      assert.deepEqual(worker.numbers, range(1, 20), key);
      await waitFor(() => worker.problems.length > 0, `an entry of ${key} to be given up`, 10_000);
    }
    await waitForAsync(async () => (await client.xlen('dead')) === keys.length, 'all entries given up');
  });
});
