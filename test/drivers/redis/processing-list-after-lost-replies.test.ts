/** The book-keeping alone, against a server in memory whose replies get lost, with or without the command. */
import assert from 'node:assert/strict';
import { ProcessingList } from '../../../src/drivers/redis/lists/processing-list';
import { Random, seeds, withSeed } from '../../support/random';

const ITEMS = 300;
const WINDOW = 6;

describe('a processing list after lost replies', () => {
  for (const seed of seeds(20)) {
    it(`delivers different items exactly once (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        const delivered = play(random, (id) => `${id}`);
        assert.deepEqual(
          delivered.map(Number).sort((one, other) => one - other),
          Array.from({ length: ITEMS }, (_, id) => id),
        );
      }));

    it(`loses none of several equal items (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        const delivered = play(random, (id) => `${id % 3}`);
        for (const value of ['0', '1', '2']) {
          const times = delivered.filter((other) => other === value).length;
          assert.ok(times >= ITEMS / 3, `${value} was delivered ${times} times`);
        }
      }));
  }
});

/** Moves and acknowledges all items; returns what was delivered, in order. */
function play(random: Random, valueOf: (id: number) => string): string[] {
  const source = Array.from({ length: ITEMS }, (_, id) => valueOf(id));
  const processing: string[] = [];
  const list = new ProcessingList();
  const inHand: Buffer[] = [];
  const delivered: string[] = [];
  const deliver = (values: readonly Buffer[]) => {
    inHand.push(...values);
    delivered.push(...values.map(String));
  };
  while (source.length > 0 || processing.length > 0) {
    while (inHand.length > 0 && random.chance(0.6)) {
      const [value] = inHand.splice(random.int(0, inHand.length - 1), 1);
      if (value) list.acknowledge({ value, taken: () => {} });
    }
    const { done, room } = list.next(100, Math.max(0, WINDOW - inHand.length));
    const fate = random.pick(['answered', 'answered', 'answered', 'reply lost', 'command lost'] as const);
    const moved = fate === 'command lost' ? [] : source.splice(0, room);
    if (fate !== 'command lost') {
      for (const value of done) {
        const at = processing.indexOf(value.toString());
        if (at >= 0) processing.splice(at, 1);
      }
      processing.push(...moved);
    }
    if (fate === 'answered') {
      const values = moved.map((value) => Buffer.from(value));
      list.exchanged(values);
      deliver(values);
    } else {
      deliver(
        list.reconcile(
          processing.map((value) => Buffer.from(value)),
          inHand,
        ),
      );
    }
  }
  return delivered;
}
