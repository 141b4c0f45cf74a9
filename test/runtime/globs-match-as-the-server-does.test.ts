import assert from 'node:assert/strict';
import { matchesGlob } from '../../src/runtime/redis-source/glob';
import { Random } from '../support/random';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

const SEED = Number(process.env.SEED ?? 1);
const PATTERNS = 400;
const CHANNELS = 40;
const PATTERN_PIECES = ['*', '?', '[', ']', '[ab]', '[^a]', '[a-c]', '[c-a]', '^', '-', '\\', 'a', 'b', 'c', 'é', '**'];
const CHANNEL_PIECES = ['a', 'b', 'c', '*', '?', '[', ']', '^', '-', '\\', 'é'];

describe('patterns of channels', () => {
  const teardown = useTeardown();

  it(`match as the server has it (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const text = (pieces: readonly string[]) =>
      Array.from({ length: random.int(1, 6) }, () => random.pick(pieces)).join('');
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const channels = [...new Set(Array.from({ length: CHANNELS }, () => text(CHANNEL_PIECES)))];
    // KEYS compares with the function that PSUBSCRIBE uses.
    await client.mset(...channels.flatMap((channel) => [channel, '1']));
    for (let count = 0; count < PATTERNS; count += 1) {
      const pattern = text(PATTERN_PIECES);
      const expected = (await client.keys(pattern)).toSorted();
      const matching = channels.filter((channel) => matchesGlob(pattern, channel)).toSorted();
      assert.deepEqual(matching, expected, `pattern ${JSON.stringify(pattern)}`);
    }
  });
});
