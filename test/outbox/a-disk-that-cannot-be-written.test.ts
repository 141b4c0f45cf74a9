import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PoolError } from '../../src/core/errors';
import { corruption, FailingDisk, noSpace } from '../support/failing-disk';
import { add, MEMORY, openOutbox, Outcomes, outboxFolder, takeAll } from '../support/outboxes';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('an outbox whose disk cannot be written', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  function start(memory = MEMORY) {
    const folder = outboxFolder(teardown);
    const disk = new FailingDisk();
    const outcomes = new Outcomes();
    return { folder, disk, outcomes, ...openOutbox(teardown, folder, { open: disk.open, memory }) };
  }

  it('keeps entries in memory, says so, and writes them when there is room again', async () => {
    const { folder, disk, outcomes, outbox, reports } = start();
    add(outbox, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.has('a'), 'the first to be safe');
    disk.writeError = noSpace();
    add(outbox, 'b', outcomes.waiter('b'));
    await waitFor(() => outbox.trouble, 'the trouble to be told');
    add(outbox, 'c', outcomes.waiter('c'));
    assert.deepEqual([...outcomes.all.keys()], ['a'], 'what is not safe is not done');
    disk.writeError = undefined;
    await waitFor(() => outcomes.all.size === 3, 'the others to be safe');
    assert.equal(outbox.trouble, undefined);
    assert.deepEqual(
      reports.troubles.map((error) => error?.code),
      ['OUTBOX_UNAVAILABLE', undefined],
    );
    await outbox.close();
    assert.deepEqual(await takeAll(openOutbox(teardown, folder).outbox), ['a', 'b', 'c']);
  });

  it('still gives out what it has, on disk and in memory, in order; it is done when it is delivered', async () => {
    const { disk, outcomes, outbox } = start();
    add(outbox, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.has('a'), 'the first to be safe');
    disk.writeError = noSpace();
    add(outbox, 'b', outcomes.waiter('b'));
    await waitFor(() => outbox.trouble, 'the trouble to be told');
    assert.deepEqual(await takeAll(outbox), ['a', 'b']);
    assert.deepEqual([...outcomes.all.values()], ['done', 'done']);
  });

  it('refuses what memory has no room for', async () => {
    const { disk, outcomes, outbox } = start({ ...MEMORY, maxCount: 2 });
    await outbox.open();
    disk.writeError = noSpace();
    for (const text of ['a', 'b', 'c']) add(outbox, text, outcomes.waiter(text));
    assert.deepEqual([...outcomes.all], [['c', 'QUEUE_FULL']]);
  });

  it('does not give back what was delivered meanwhile', async () => {
    const { folder, disk, outcomes, outbox } = start();
    add(outbox, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.has('a'), 'the first to be safe');
    disk.writeError = noSpace();
    assert.deepEqual(await takeAll(outbox), ['a']);
    add(outbox, 'b', outcomes.waiter('b'));
    await waitFor(() => outbox.trouble, 'the trouble to be told');
    disk.writeError = undefined;
    await waitFor(() => outcomes.all.has('b'), 'the second to be safe');
    await outbox.close();
    assert.deepEqual(await takeAll(openOutbox(teardown, folder).outbox), ['b']);
  });

  it('puts what came before it could be opened behind what is in it', async () => {
    const { folder, disk, outcomes, outbox } = start();
    add(outbox, 'a', outcomes.waiter('a'));
    add(outbox, 'b', outcomes.waiter('b'));
    await waitFor(() => outcomes.all.size === 2, 'both to be safe');
    await outbox.close();
    disk.openError = new PoolError('OUTBOX_UNAVAILABLE', 'Another process uses the outbox.');
    const second = openOutbox(teardown, folder, { open: disk.open });
    for (const text of ['c', 'd']) add(second.outbox, text, outcomes.waiter(text));
    await waitFor(() => second.outbox.trouble, 'the trouble to be told');
    const out = second.outbox.entry(second.outbox.next(0) ?? 0);
    assert.equal(out?.job, 'c');
    if (out) second.outbox.takeOut(out);
    disk.openError = undefined;
    await waitFor(() => outcomes.all.size === 4, 'the others to be safe');
    assert.equal(second.outbox.count, 4);
    if (out) second.outbox.settle(out);
    assert.deepEqual(await takeAll(second.outbox), ['a', 'b', 'd']);
  });

  it('is locked by another outbox of the same folder until that is closed', async () => {
    const { folder, outcomes, outbox } = start();
    add(outbox, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.has('a'), 'it to be safe');
    const second = openOutbox(teardown, folder).outbox;
    add(second, 'b', outcomes.waiter('b'));
    await waitFor(() => /Another process/.test(second.trouble?.message ?? ''), 'the trouble to be told');
    await outbox.close();
    await waitFor(() => outcomes.all.has('b'), 'the second to be safe');
    assert.deepEqual(await takeAll(second), ['a', 'b']);
  });

  it('puts what it still has in memory into a new store when the old one turns out to be broken', async () => {
    const { folder, disk, outcomes, outbox, reports } = start();
    add(outbox, 'a', outcomes.waiter('a'));
    await waitFor(() => outcomes.all.has('a'), 'the first to be safe');
    disk.writeError = corruption();
    add(outbox, 'b', outcomes.waiter('b'));
    await waitFor(() => reports.asides.length > 0, 'it to be set aside');
    disk.writeError = undefined;
    await waitFor(() => outcomes.all.has('b'), 'the second to be safe');
    assert.ok(existsSync(reports.asides[0]?.folder ?? ''));
    await outbox.close();
    assert.deepEqual(await takeAll(openOutbox(teardown, folder).outbox), ['a', 'b']);
  });

  it('says how many entries were only in the broken one', async () => {
    const { folder, disk, outcomes, outbox } = start();
    for (const text of ['a', 'b']) add(outbox, text, outcomes.waiter(text));
    await waitFor(() => outcomes.all.size === 2, 'both to be safe');
    await outbox.close();
    const second = openOutbox(teardown, folder, { open: disk.open });
    await second.outbox.open();
    disk.readError = corruption();
    await second.outbox.load(0, 10);
    assert.deepEqual(
      second.reports.asides.map(({ lost }) => lost),
      [2],
    );
    assert.equal(second.outbox.count, 0);
  });

  it('gets over a file system that is really full', async function () {
    const mount = mkdtempSync(join(tmpdir(), 'full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      rmSync(mount, { recursive: true });
      this.skip();
    }
    teardown.defer(() => {
      execFileSync('umount', [mount]);
      rmSync(mount, { recursive: true });
    });
    const ballast = join(mount, 'ballast');
    writeFileSync(ballast, Buffer.alloc(5_500_000));
    const { outbox, reports } = openOutbox(teardown, join(mount, 'store'));
    const outcomes = new Outcomes();
    const texts = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(2_000)}`);
    for (const text of texts) {
      add(outbox, text, outcomes.waiter(text));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await waitFor(() => outbox.trouble, 'the disk to be full');
    assert.match(outbox.trouble?.message ?? '', /no space/i);
    assert.ok(outcomes.all.size < texts.length);
    rmSync(ballast);
    await waitFor(() => outcomes.all.size === texts.length, 'all to be safe');
    assert.equal(reports.asides.length, 0);
    await outbox.close();
    const left = await takeAll(openOutbox(teardown, join(mount, 'store')).outbox);
    assert.deepEqual(
      left.map((text) => Number.parseInt(text, 10)),
      texts.map((_text, index) => index),
    );
  });
});
