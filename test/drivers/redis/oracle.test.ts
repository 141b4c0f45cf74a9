import { concurrently } from '../../support/concurrently';
import { seeds, withSeed } from '../../support/random';
import { runRedisOracle } from '../../support/redis-oracle';
import { startRedis } from '../../support/redis-server';
import { useSharedTeardown } from '../../support/teardown';

/** Scenarios per protocol; `SEED=…` in the environment runs just that one. */
const SCENARIOS = 120;
const AT_ONCE = 6;

describe('the Redis oracle: through the pool, every node sees what it would see with a private client', () => {
  const teardown = useSharedTeardown();

  for (const protocol of [3, 2] as const) {
    it(`in ${SCENARIOS} random scenarios of channels, patterns and sharded channels (RESP${protocol})`, async function () {
      this.timeout(120_000);
      const redis = teardown.stopLater(await startRedis());
      const failures: string[] = [];
      await concurrently(AT_ONCE, seeds(SCENARIOS, 1 + (3 - protocol) * SCENARIOS), async (seed) => {
        try {
          await withSeed(seed, (random) => runRedisOracle(random, redis, protocol));
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      });
      if (failures.length > 0)
        throw new Error(`${failures.length} scenarios failed:\n${failures.slice(0, 5).join('\n')}`);
    });
  }
});
