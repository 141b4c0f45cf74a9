import assert from 'node:assert/strict';
import { Ledger } from '../../src/runtime/outbox/ledger';
import { seeds, withSeed } from '../support/random';

describe('the ledger of an outbox', () => {
  for (const seed of seeds(5)) {
    it(`agrees with a plain list (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        const ledger = new Ledger();
        const plain = new Map<number, { bytes: number; out: boolean }>();
        let last = 0;
        for (let step = 0; step < 6_000; step += 1) {
          const some = plain.size > 0 && random.chance(0.5) ? random.pick([...plain.keys()].slice(0, 20)) : undefined;
          if (some === undefined) {
            last += random.chance(0.01) ? random.int(1, 9_000) : 1;
            const bytes = random.int(0, 100);
            ledger.add({ number: last, time: step, bytes, sink: 7 });
            plain.set(last, { bytes, out: false });
          } else if (random.chance(0.5)) {
            assert.equal(ledger.remove(some), true);
            plain.delete(some);
          } else {
            const out = random.chance(0.5);
            if (out) ledger.takeOut(some);
            else ledger.putBack(some);
            plain.set(some, { bytes: plain.get(some)?.bytes ?? 0, out });
          }
          if (step % 50 !== 0) continue;
          const from = random.int(0, last + 1);
          const stored = [...plain].filter(([, { out }]) => !out).map(([number]) => number);
          assert.equal(ledger.count, plain.size);
          assert.equal(ledger.out, plain.size - stored.length);
          assert.equal(
            ledger.bytes,
            [...plain.values()].reduce((sum, { bytes }) => sum + bytes, 0),
          );
          assert.equal(
            ledger.next(from),
            stored.find((number) => number >= from),
          );
          assert.equal(ledger.oldest(), stored[0]);
        }
      }));
  }
});
