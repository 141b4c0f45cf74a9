/**
 * An outbox in a process of its own, so that it can be killed: adds numbered entries as fast as it can, takes some out and
 * settles them, and tells its parent which are safe and which were delivered.
 *
 * Arguments: folder, number of the first entry, how many, the share that is delivered (0 to 1).
 */
import type { Entry } from '../../src/runtime/outbox/entry';
import { MEMORY, LIMITS, Reports } from './outboxes';
import { Outbox } from '../../src/runtime/outbox/outbox';

const [folder = '', first = '0', count = '0', share = '0'] = process.argv.slice(2);

/** What the parent is told: numbers of entries, since the last time. */
export interface OutboxNews {
  readonly safe: number[];
  readonly delivered: number[];
}

let news: OutboxNews = { safe: [], delivered: [] };
let toDeliver = 0;

/** Settles when the parent will get it, whatever becomes of this process. */
async function tell(): Promise<void> {
  if (news.safe.length + news.delivered.length === 0) return;
  const told = news;
  news = { safe: [], delivered: [] };
  await new Promise<void>((resolve) => process.send?.(told, () => resolve()));
}

async function deliver(outbox: Outbox<string>): Promise<void> {
  const taken: Entry<string>[] = [];
  for (let number = outbox.next(0); toDeliver >= 1 && number !== undefined; number = outbox.next(number)) {
    const entry = outbox.entry(number);
    if (!entry) {
      await outbox.load(number, 100);
      continue;
    }
    toDeliver -= 1;
    news.delivered.push(Number(entry.job));
    outbox.takeOut(entry);
    taken.push(entry);
  }
  // Delivered is what the other side has, whether this process lives to remove it or not.
  await tell();
  for (const entry of taken) outbox.settle(entry);
}

async function run(): Promise<void> {
  const outbox = new Outbox<string>({ folder, limits: LIMITS, memory: MEMORY }, new Reports());
  await outbox.open();
  for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
    outbox.add('sink', String(number), 10, { doneWhen: 'safe', done: () => news.safe.push(number) });
    toDeliver += Number(share);
    if (number % 100 !== 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    await deliver(outbox);
    await tell();
  }
  setInterval(() => void tell(), 5);
}

process.once('disconnect', () => process.exit());
void run();
