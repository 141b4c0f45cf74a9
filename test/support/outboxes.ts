/** Outboxes in folders of their own, and a sender that takes entries as a pump does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolError } from '../../src/core/errors';
import type { Entry, Waiter } from '../../src/runtime/outbox/entry';
import type { OutboxReports } from '../../src/runtime/outbox/losses';
import { Outbox, type OutboxOptions } from '../../src/runtime/outbox/outbox';
import { DEFAULT_OUTBOX, type DoneWhen } from '../../src/runtime/outbox/settings';
import type { Teardown } from './teardown';

export const LIMITS = DEFAULT_OUTBOX;
export const MEMORY = { maxCount: 100_000, maxBytes: 64 * 1024 * 1024 };

export function outboxFolder(teardown: Teardown): string {
  const parent = mkdtempSync(join(tmpdir(), 'outbox-'));
  teardown.defer(() => rmSync(parent, { recursive: true, force: true }));
  return join(parent, 'store');
}

/** Everything an outbox reports, by kind. */
export class Reports implements OutboxReports {
  readonly drops: { sink: number; count: number; error: PoolError | undefined; silent: number }[] = [];
  readonly failures: { entry: Entry<unknown>; error: PoolError }[] = [];
  readonly asides: { folder: string; reason: PoolError; lost: number | undefined }[] = [];
  readonly troubles: (PoolError | undefined)[] = [];

  dropped(sink: number, count: number, error: PoolError | undefined, silent: number): void {
    this.drops.push({ sink, count, error, silent });
  }

  failed(entry: Entry<unknown>, error: PoolError): void {
    this.failures.push({ entry, error });
  }

  setAside({ folder, reason }: { folder: string; reason: PoolError }, lost: number | undefined): void {
    this.asides.push({ folder, reason, lost });
  }

  troubled(error: PoolError | undefined): void {
    this.troubles.push(error);
  }
}

export function openOutbox(
  teardown: Teardown,
  folder: string,
  options: Partial<OutboxOptions> = {},
): { outbox: Outbox<string>; reports: Reports } {
  const reports = new Reports();
  const outbox = new Outbox<string>({ folder, limits: LIMITS, memory: MEMORY, retryMillis: 20, ...options }, reports);
  teardown.closeLater(outbox);
  return { outbox, reports };
}

/** What became of messages: `done` or the error's code, by the message. */
export class Outcomes {
  readonly all = new Map<string, string>();

  /** @throws Error when it is done a second time */
  waiter(name: string, doneWhen: DoneWhen = 'safe'): Waiter {
    return {
      doneWhen,
      done: (error) => {
        if (this.all.has(name)) throw new Error(`${name} is done a second time`);
        this.all.set(name, error?.code ?? 'done');
      },
    };
  }
}

export function add(outbox: Outbox<string>, text: string, waiter: Waiter, sink = 'sink'): void {
  outbox.add(sink, text, Buffer.byteLength(text), waiter);
}

/** Takes all entries out, in order, and settles them. */
export async function takeAll(outbox: Outbox<string>): Promise<string[]> {
  await outbox.open();
  const jobs: string[] = [];
  for (let number = outbox.next(0); number !== undefined; number = outbox.next(number)) {
    const entry = outbox.entry(number);
    if (!entry) {
      await outbox.load(number, 256);
      continue;
    }
    jobs.push(entry.job);
    outbox.takeOut(entry);
    outbox.settle(entry);
  }
  return jobs;
}
