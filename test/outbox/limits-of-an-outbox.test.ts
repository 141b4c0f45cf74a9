import assert from 'node:assert/strict';
import { sinkMark } from '../../src/runtime/outbox/entry-format';
import type { OutboxSettings } from '../../src/runtime/outbox/settings';
import { add, LIMITS, MEMORY, openOutbox, Outcomes, outboxFolder, takeAll } from '../support/outboxes';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('the limits of an outbox', () => {
  const teardown = useTeardown();

  async function fill(limits: Partial<OutboxSettings>, texts: readonly string[]) {
    const { outbox, reports } = openOutbox(teardown, outboxFolder(teardown), { limits: { ...LIMITS, ...limits } });
    await outbox.open();
    const outcomes = new Outcomes();
    for (const text of texts) {
      add(outbox, text, outcomes.waiter(text));
      await waitFor(() => outcomes.all.has(text), `${text} to be done`);
    }
    return { outbox, reports, outcomes };
  }

  it('refuse what comes beyond the count', async () => {
    const { outbox, outcomes } = await fill({ maxCount: 2 }, ['a', 'b', 'c']);
    assert.deepEqual([...outcomes.all.values()], ['done', 'done', 'QUEUE_FULL']);
    assert.equal(outbox.counters.dropped, 1);
    assert.deepEqual(await takeAll(outbox), ['a', 'b']);
  });

  it('drop the newest beyond the count', async () => {
    const { outbox, outcomes } = await fill({ maxCount: 2, overflow: 'drop-newest' }, ['a', 'b', 'c']);
    assert.deepEqual([...outcomes.all.values()], ['done', 'done', 'QUEUE_DROPPED']);
    assert.deepEqual(await takeAll(outbox), ['a', 'b']);
  });

  it('drop the oldest beyond the count, counted and told for its sink', async () => {
    const { outbox, reports, outcomes } = await fill({ maxCount: 2, overflow: 'drop-oldest' }, ['a', 'b', 'c', 'd']);
    assert.deepEqual([...outcomes.all.values()], ['done', 'done', 'done', 'done']);
    assert.equal(outbox.counters.dropped, 2);
    const [told] = await waitFor(() => reports.drops.length > 0 && reports.drops, 'it to be told');
    assert.deepEqual(
      [told?.sink, told?.count, told?.silent, told?.error?.code],
      [sinkMark('sink'), 2, 2, 'QUEUE_DROPPED'],
    );
    assert.deepEqual(await takeAll(outbox), ['c', 'd']);
  });

  it('drop the oldest for whom somebody still waits with an error', async () => {
    const { outbox } = openOutbox(teardown, outboxFolder(teardown), {
      limits: { ...LIMITS, maxCount: 1, overflow: 'drop-oldest' },
    });
    await outbox.open();
    const outcomes = new Outcomes();
    add(outbox, 'a', outcomes.waiter('a', 'delivered'));
    add(outbox, 'b', outcomes.waiter('b', 'delivered'));
    assert.equal(outcomes.all.get('a'), 'QUEUE_DROPPED');
    await takeAll(outbox);
    assert.equal(outcomes.all.get('b'), 'done');
  });

  it('never drop what is with the connection', async () => {
    const { outbox, outcomes } = await fill({ maxCount: 1, overflow: 'drop-oldest' }, ['a']);
    const entry = outbox.entry(outbox.next(0) ?? 0);
    assert.ok(entry);
    outbox.takeOut(entry);
    add(outbox, 'b', outcomes.waiter('b'));
    assert.equal(outcomes.all.get('b'), 'QUEUE_DROPPED');
    outbox.putBack(entry);
    assert.deepEqual(await takeAll(outbox), ['a']);
  });

  it('hold for bytes, where one that can never fit drops no other', async () => {
    const limits = { maxBytes: 10, overflow: 'drop-oldest' } as const;
    const { outbox, outcomes } = await fill(limits, ['aaaa', 'bbbb', 'more than ten bytes', 'cccc']);
    assert.deepEqual([...outcomes.all.values()], ['done', 'done', 'QUEUE_DROPPED', 'done']);
    assert.equal(outbox.counters.dropped, 2);
    assert.deepEqual(await takeAll(outbox), ['bbbb', 'cccc']);
  });

  it('hold for the age', async () => {
    const { outbox, reports } = await fill({ maxAgeMillis: 100 }, ['a', 'b']);
    await waitFor(() => outbox.count === 0, 'both to expire');
    const told = await waitFor(() => reports.drops.length > 0 && reports.drops, 'it to be told');
    assert.equal(told[0]?.error?.code, 'QUEUE_EXPIRED');
    assert.equal(outbox.counters.dropped, 2);
  });

  it('hold for the age of what an earlier run left behind', async () => {
    const folder = outboxFolder(teardown);
    const first = openOutbox(teardown, folder).outbox;
    const outcomes = new Outcomes();
    add(first, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.has('a'), 'it to be safe');
    await first.close();
    const { outbox } = openOutbox(teardown, folder, { limits: { ...LIMITS, maxAgeMillis: 1 } });
    await outbox.open();
    await waitFor(() => outbox.counters.dropped === 1, 'it to expire');
  });

  it('hold for memory when messages come faster than the disk takes them', async () => {
    const { outbox } = openOutbox(teardown, outboxFolder(teardown), { memory: { ...MEMORY, maxCount: 2 } });
    const outcomes = new Outcomes();
    for (const text of ['a', 'b', 'c']) add(outbox, text, outcomes.waiter(text));
    assert.equal(outcomes.all.get('c'), 'QUEUE_FULL');
    await waitFor(() => outcomes.all.size === 3, 'the others to be safe');
    add(outbox, 'd', outcomes.waiter('d'));
    assert.deepEqual(await takeAll(outbox), ['a', 'b', 'd']);
  });
});
