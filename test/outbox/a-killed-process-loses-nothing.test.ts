/** A process with thousands of entries in its outbox is killed, again and again; what was safe is there afterwards. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { OutboxNews } from '../support/outbox-process';
import { openOutbox, outboxFolder, takeAll } from '../support/outboxes';
import { type Random, seeds, withSeed } from '../support/random';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

const KILLS = 5;
const ENTRIES = 10_000;

describe('a killed process', function () {
  this.timeout(120_000);
  const teardown = useTeardown();

  for (const seed of seeds(2)) {
    it(`loses nothing of its outbox, in ${KILLS} kills (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        const folder = outboxFolder(teardown);
        const safe = new Set<number>();
        const delivered = new Set<number>();
        for (let kill = 0; kill < KILLS; kill += 1) {
          await runAndKill(random, folder, kill * ENTRIES, safe, delivered);
        }
        const { outbox, reports } = openOutbox(teardown, folder);
        const left = (await takeAll(outbox)).map(Number);
        const there = new Set(left);
        assert.ok(safe.size > 1_000 && left.length > 0, `${safe.size} safe, ${left.length} left`);
        assert.deepEqual(
          [...safe].filter((number) => !delivered.has(number) && !there.has(number)),
          [],
          'lost',
        );
        assert.deepEqual(
          left,
          left.toSorted((one, other) => one - other),
          'order',
        );
        assert.equal(there.size, left.length);
        assert.deepEqual(reports.asides, []);
      }));
  }

  async function runAndKill(
    random: Random,
    folder: string,
    first: number,
    safe: Set<number>,
    delivered: Set<number>,
  ): Promise<void> {
    const share = random.pick([0, 0.3, 0.9]);
    const file = join(__dirname, '..', 'support', 'outbox-process.js');
    const child = fork(file, [folder, first, ENTRIES, share].map(String));
    teardown.defer(() => child.kill('SIGKILL'));
    // What it has told is still on its way when it is gone.
    const gone = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
    let known = 0;
    child.on('message', (news: OutboxNews) => {
      for (const number of news.safe) safe.add(number);
      for (const number of news.delivered) delivered.add(number);
      known += news.safe.length;
    });
    const enough = random.int(1, ENTRIES);
    await waitFor(() => known >= enough || child.exitCode !== null, `${enough} entries to be safe`, 60_000);
    child.kill('SIGKILL');
    await gone;
    assert.equal(child.signalCode, 'SIGKILL');
  }
});
