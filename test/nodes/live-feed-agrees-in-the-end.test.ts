import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import type { Lease } from '../../src/core/lease';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver, type FakeSession } from '../support/fake-driver';
import { type FakeEditor, type LiveKnowledge, LiveWatch } from '../support/live-watch';
import { type Random, seeds, withSeed } from '../support/random';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

const STEPS = 400;

/** What an editor knows of each connection, as text. */
function knownBy({ rows }: LiveKnowledge): string {
  const lines = [...rows.values()].map(({ key, state, since, paused, nodes, reconnects, lastError, reason }) =>
    JSON.stringify([key, state, since, paused, nodes, reconnects, lastError?.message, reason?.message]),
  );
  return lines.sort().join('\n');
}

/** The same as it is. */
function truth(pool: Pool): string {
  const lines = pool
    .snapshot()
    .connections.map(({ key, state, paused, borrowers, counters, lastError }) =>
      JSON.stringify([
        ...[key, state.kind, state.since, paused, borrowers.length, counters.reconnects],
        ...[lastError?.message, 'error' in state ? state.error.message : undefined],
      ]),
    );
  return lines.sort().join('\n');
}

describe('editors that watch', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  for (const seed of seeds(5)) {
    it(`know how it is in the end, whenever they came and however slow they were (seed ${seed})`, () =>
      withSeed(seed, scenario));
  }

  async function scenario(random: Random): Promise<void> {
    const newLease = () => pool.acquire(driver, { host: `host-${random.int(0, 11)}` }, borrower());
    const pool = teardown.closeLater(
      new Pool({ lingerMillis: 0, backoff: { initialMillis: 1, maximumMillis: 5 }, random: () => random.next() }),
    );
    const driver = new FakeDriver();
    const watch = new LiveWatch(teardown, pool, [], { tickMillis: 15 });
    const editors: FakeEditor[] = [watch.watching('first')];
    const leases: Lease<FakeSession>[] = [];
    const some = <T>(items: readonly T[]): T | undefined => (items.length > 0 ? random.pick(items) : undefined);
    const steps: readonly (() => unknown)[] = [
      () => leases.push(newLease()),
      () => leases.push(newLease()),
      () => leases.length > 0 && void leases.splice(random.int(0, leases.length - 1), 1)[0]?.release(),
      () => some(driver.opened)?.context.lost(new PoolError('FAKE_LOST', `Loss ${random.next()}.`)),
      () => void pool.pause(some(leases)?.key ?? '').catch(() => undefined),
      () => void pool.resume(some(leases)?.key ?? '').catch(() => undefined),
      () => editors.length < 6 && editors.push(watch.watching(`editor-${editors.length}`)),
      () => {
        const editor = random.pick(editors);
        editor.attentive = !editor.attentive;
      },
      () => random.pick(editors).says({ seen: random.int(0, 5) }),
    ];
    for (let step = 0; step < STEPS; step += 1) {
      random.pick(steps)();
      if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.int(0, 10)));
    }
    for (const { key } of leases) await pool.resume(key).catch(() => undefined);
    for (const editor of editors) {
      editor.attentive = true;
      const latest = editor.known.updates.at(-1);
      if (latest) editor.says({ seen: latest.seq });
    }
    editors.push(watch.watching('late'));
    const inTheEnd = editors.map(
      ({ known }) =>
        () =>
          knownBy(known),
    );
    await waitFor(
      () => inTheEnd.every((known) => known() === truth(pool)),
      () => `${inTheEnd.map((known) => known()).join('\n\n')}\n\nto be\n\n${truth(pool)}`,
    );
    assert.deepEqual(watch.failures, []);
    assert.deepEqual(watch.broadcasts, []);
  }
});
