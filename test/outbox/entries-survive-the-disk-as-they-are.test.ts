import assert from 'node:assert/strict';
import { decodeKey, decodeValue, encodeKey, encodeValue } from '../../src/runtime/outbox/entry-format';
import { type Random, seeds, withSeed } from '../support/random';

/** Plain data as jobs hold it. */
function anything(random: Random, depth = 0): unknown {
  const text = () => random.pick(['', 'a', 'ä€😀', '\ud800', '__proto__', '{"$":1}', 'x'.repeat(300)]);
  switch (random.int(0, depth > 3 ? 4 : 6)) {
    case 0:
      return text();
    case 1:
      return random.pick([0, 1, -1, 1.5, Number.MAX_SAFE_INTEGER, 1e300]);
    case 2:
      return random.pick([true, false, null]);
    case 3:
    case 4:
      return Buffer.from(Array.from({ length: random.int(0, 20) }, () => random.int(0, 255)));
    case 5:
      return Array.from({ length: random.int(0, 4) }, () => anything(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.int(0, 4) }, () => [text(), anything(random, depth + 1)] as const),
      );
  }
}

describe('an entry on disk', () => {
  for (const seed of seeds(5)) {
    it(`is read as it was written (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        for (let round = 0; round < 300; round += 1) {
          const content = { sink: random.pick(['sink', 'ä/b']), job: anything(random) };
          assert.deepEqual(decodeValue(encodeValue(content)), content);
        }
      }));

    it(`is an error when any of it is changed (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        for (let round = 0; round < 300; round += 1) {
          const value = encodeValue({ sink: 'sink', job: anything(random) });
          const at = random.int(0, value.length - 1);
          value.writeUInt8((value[at] ?? 0) ^ random.int(1, 255), at);
          assert.throws(() => decodeValue(value), { code: 'OUTBOX_BROKEN' });
          assert.throws(() => decodeValue(value.subarray(0, at)), { code: 'OUTBOX_BROKEN' });
        }
      }));
  }

  it('has a key that tells what limits and order need, and sorts by number', () => {
    const facts = { number: 2 ** 47, time: Date.now(), bytes: 0xffffffff, sink: 0x80000001 };
    assert.deepEqual(decodeKey(encodeKey(facts)), facts);
    const keys = [1, 255, 256, 65_536, 2 ** 40].map((number) => encodeKey({ ...facts, number }));
    assert.deepEqual(
      keys.toSorted((one, other) => Buffer.compare(one, other)),
      keys,
    );
    assert.throws(() => decodeKey(Buffer.from('x')), { code: 'OUTBOX_BROKEN' });
  });
});
