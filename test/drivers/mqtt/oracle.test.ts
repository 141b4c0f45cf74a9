import { concurrently } from '../../support/concurrently';
import { startMosquitto } from '../../support/mosquitto';
import { runOracle } from '../../support/oracle';
import { seeds, withSeed } from '../../support/random';
import { useSharedTeardown } from '../../support/teardown';

/** Scenarios per kind of broker; `SEED=…` in the environment runs just that one. */
const SCENARIOS = 80;
const AT_ONCE = 6;

const KINDS = [
  { name: 'mosquitto, 3.1.1', version: 4, allowDuplicates: false },
  { name: 'mosquitto with duplicates, 3.1.1', version: 4, allowDuplicates: true },
  { name: 'mosquitto, 5', version: 5, allowDuplicates: false },
] as const;

describe('the oracle: through the pool, every node sees what it would see with a private client', () => {
  const teardown = useSharedTeardown();

  for (const [index, kind] of KINDS.entries()) {
    it(`in ${SCENARIOS} random scenarios (${kind.name})`, async function () {
      this.timeout(120_000);
      const { allowDuplicates, version } = kind;
      const mosquitto = teardown.stopLater(await startMosquitto({ allowDuplicates, log: 'little' }));
      const broker = {
        port: mosquitto.port,
        url: mosquitto.url,
        version,
        limits: { noPartialOverlaps: version === 4 && allowDuplicates },
      };
      const failures: string[] = [];
      await concurrently(AT_ONCE, seeds(SCENARIOS, 1 + index * SCENARIOS), async (seed) => {
        try {
          await withSeed(seed, (random) => runOracle(random, broker));
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      });
      if (failures.length > 0)
        throw new Error(`${failures.length} scenarios failed:\n${failures.slice(0, 5).join('\n')}`);
    });
  }
});
