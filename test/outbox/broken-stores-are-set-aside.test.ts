import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { add, openOutbox, Outcomes, outboxFolder, takeAll } from '../support/outboxes';
import { type Random, seeds, withSeed } from '../support/random';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

const ENTRIES = 3_000;

describe('a broken store of an outbox', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  /** @param restarts the store is opened as often again, so that it has tables, too */
  async function filled(restarts = 1): Promise<{ folder: string; texts: string[] }> {
    const folder = outboxFolder(teardown);
    const texts: string[] = [];
    for (let run = 0; run <= restarts; run += 1) {
      const { outbox } = openOutbox(teardown, folder);
      const outcomes = new Outcomes();
      for (let index = 0; index < ENTRIES; index += 1) {
        const text = `${run} ${index} ${'payload '.repeat(10)}`;
        texts.push(text);
        add(outbox, text, outcomes.waiter(text));
      }
      await waitFor(() => outcomes.all.size === ENTRIES, 'all to be safe');
      await outbox.close();
    }
    return { folder, texts };
  }

  it('is set aside as a whole, with a reason, and a new one begun', async () => {
    const { folder } = await filled();
    writeFileSync(join(folder, 'CURRENT'), 'garbage');
    const { outbox, reports } = openOutbox(teardown, folder);
    const outcomes = new Outcomes();
    add(outbox, 'new', outcomes.waiter('new'));
    await waitFor(() => outcomes.all.get('new') === 'done', 'the new one to be safe');
    assert.deepEqual(await takeAll(outbox), ['new']);
    const [aside] = reports.asides;
    assert.ok(aside && existsSync(join(aside.folder, 'CURRENT')));
    assert.match(aside.folder, /store\.broken-\d{4}-\d\d-\d\dT/);
    assert.equal(aside.reason.code, 'OUTBOX_BROKEN');
  });

  it('is set aside when its file CURRENT is gone', async () => {
    const { folder } = await filled();
    rmSync(join(folder, 'CURRENT'));
    const { outbox, reports } = openOutbox(teardown, folder);
    await outbox.open();
    assert.equal(reports.asides.length, 1);
  });

  for (const seed of seeds(12)) {
    it(`never keeps an outbox from starting, nor gives anything back that was not put in (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        const { folder, texts } = await filled(random.int(0, 2));
        damage(random, folder);
        const { outbox, reports } = openOutbox(teardown, folder);
        const known = new Set(texts);
        const outcomes = new Outcomes();
        add(outbox, 'new', outcomes.waiter('new'));
        await waitFor(() => outcomes.all.get('new') === 'done', 'the new one to be safe');
        const left = await takeAll(outbox);
        assert.equal(left.at(-1), 'new');
        assert.deepEqual(
          left.slice(0, -1).filter((text) => !known.has(text)),
          [],
        );
        for (const { folder: aside } of reports.asides) assert.ok(existsSync(aside));
      }));
  }
});

/** Cuts, garbles or deletes some of the files of a store. */
function damage(random: Random, folder: string): void {
  const names = readdirSync(folder).filter((name) => !name.startsWith('LO'));
  for (let time = random.int(1, 3); time > 0; time -= 1) {
    const file = join(folder, random.pick(names));
    if (!existsSync(file)) continue;
    const { size } = statSync(file);
    switch (random.int(0, 3)) {
      case 0:
        truncateSync(file, random.int(0, size));
        break;
      case 1:
        rmSync(file);
        break;
      default: {
        const bytes = readFileSync(file);
        const at = random.int(0, Math.max(0, size - 1));
        for (let index = at; index < Math.min(size, at + random.int(1, 2_000)); index += 1) {
          bytes[index] = random.int(0, 255);
        }
        writeFileSync(file, bytes);
      }
    }
  }
}
