import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { seeds, withSeed } from '../support/random';
import { add, openOutbox, Outcomes, outboxFolder, takeAll } from '../support/outboxes';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('entries of an outbox come back in order', () => {
  const teardown = useTeardown();

  for (const seed of seeds(3)) {
    it(`after any number of restarts, what was settled not again (seed ${seed})`, async function () {
      this.timeout(30_000);
      await withSeed(seed, async (random) => {
        const folder = outboxFolder(teardown);
        let expected: string[] = [];
        let next = 0;
        for (let run = 0; run < 5; run += 1) {
          const { outbox, reports } = openOutbox(teardown, folder);
          const outcomes = new Outcomes();
          const count = random.int(1, 8_000);
          for (let index = 0; index < count; index += 1) {
            const text = `${next} ${'x'.repeat(random.int(0, 40))}`;
            next += 1;
            expected.push(text);
            add(outbox, text, outcomes.waiter(text));
          }
          await waitFor(() => outcomes.all.size === count, 'all to be safe');
          assert.deepEqual(new Set(outcomes.all.values()), new Set(['done']));
          assert.equal(outbox.count, expected.length);
          const settled = random.int(0, expected.length);
          for (let index = 0; index < settled; index += 1) {
            const number = outbox.next(0) ?? 0;
            if (!outbox.entry(number)) await outbox.load(number, 500);
            const entry = outbox.entry(number);
            assert.ok(entry);
            assert.equal(entry.job, expected[index]);
            outbox.takeOut(entry);
            outbox.settle(entry);
          }
          expected = expected.slice(settled);
          await outbox.close();
          assert.deepEqual(reports.asides, []);
        }
        const { outbox } = openOutbox(teardown, folder);
        assert.deepEqual(await takeAll(outbox), expected);
      });
    });
  }

  it('also those that were out when it stopped', async () => {
    const folder = outboxFolder(teardown);
    const first = openOutbox(teardown, folder).outbox;
    const outcomes = new Outcomes();
    for (const text of ['a', 'b', 'c']) add(first, text, outcomes.waiter(text));
    await waitFor(() => outcomes.all.size === 3, 'all to be safe');
    const out = first.entry(first.next(0) ?? 0);
    assert.ok(out);
    first.takeOut(out);
    await first.close();
    assert.deepEqual(await takeAll(openOutbox(teardown, folder).outbox), ['a', 'b', 'c']);
  });

  it('and an outbox with nothing in it leaves no folder', async () => {
    const folder = outboxFolder(teardown);
    const { outbox } = openOutbox(teardown, folder);
    assert.equal(existsSync(folder), false);
    const outcomes = new Outcomes();
    add(outbox, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.size === 1, 'it to be safe');
    assert.equal(existsSync(folder), true);
    await takeAll(outbox);
    await outbox.close();
    assert.equal(existsSync(folder), false);
  });

  it('and one that is delivered before it was written is done all the same, once', async () => {
    const { outbox } = openOutbox(teardown, outboxFolder(teardown));
    outbox.patienceMillis = 1_000;
    await outbox.open();
    const outcomes = new Outcomes();
    add(outbox, 'safe', outcomes.waiter('safe'));
    add(outbox, 'delivered', outcomes.waiter('delivered', 'delivered'));
    assert.deepEqual(await takeAll(outbox), ['safe', 'delivered']);
    assert.deepEqual([...outcomes.all.values()], ['done', 'done']);
    assert.equal(outbox.count, 0);
  });

  it('and tells those that wait for the delivery that it stays on disk', async () => {
    const folder = outboxFolder(teardown);
    const { outbox } = openOutbox(teardown, folder);
    const outcomes = new Outcomes();
    add(outbox, 'a', outcomes.waiter('a'));
    add(outbox, 'b', outcomes.waiter('b', 'delivered'));
    await waitFor(() => outcomes.all.has('a'), 'the first to be safe');
    assert.equal(outcomes.all.has('b'), false);
    await outbox.close();
    assert.equal(outcomes.all.get('b'), 'OUTBOX_CLOSED');
    assert.deepEqual(await takeAll(openOutbox(teardown, folder).outbox), ['a', 'b']);
  });
});
