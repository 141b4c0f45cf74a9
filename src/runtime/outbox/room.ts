/** Whether there is room for one more entry, within the limits of the outbox and of what memory alone may hold. */
import { PoolError } from '../../core/errors';
import type { QueueLimits } from '../../core/driver';
import type { Ledger } from './ledger';
import type { OutboxSettings } from './settings';
import { t } from '../../core/wording';

export type Limits = Pick<OutboxSettings, 'maxCount' | 'maxBytes' | 'maxAgeMillis' | 'overflow'>;
/** Of what is in memory only. */
export type MemoryLimits = Pick<QueueLimits, 'maxCount' | 'maxBytes'>;

/** Makes room as the limits say; why there is none, otherwise: `QUEUE_FULL`, `QUEUE_DROPPED`. */
export function makeRoom(
  ledger: Ledger,
  bytes: number,
  { maxCount, maxBytes, overflow }: Limits,
  drop: (number: number, error: PoolError) => void,
): PoolError | undefined {
  const fits = () => ledger.count < maxCount && ledger.bytes + bytes <= maxBytes;
  if (overflow === 'drop-oldest' && bytes <= maxBytes) {
    while (!fits()) {
      const oldest = ledger.oldest();
      if (oldest === undefined) break;
      drop(oldest, new PoolError('QUEUE_DROPPED', t`Newer messages took its place in the outbox.`));
    }
  }
  if (fits()) return undefined;
  const full = t`The outbox is full: ${ledger.count} messages, ${ledger.bytes} bytes; raise its limits in the profile.`;
  return new PoolError(overflow === 'refuse' ? 'QUEUE_FULL' : 'QUEUE_DROPPED', full);
}

/** What is in memory only. */
export class MemoryUse {
  limits: MemoryLimits;
  #count = 0;
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.limits = limits;
  }

  add({ bytes }: { readonly bytes: number }): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  remove({ bytes }: { readonly bytes: number }): void {
    this.#count -= 1;
    this.#bytes -= bytes;
  }

  /** @param trouble why the disk doesn't take them at the moment, if it doesn't */
  refusal(bytes: number, trouble: PoolError | undefined): PoolError | undefined {
    if (this.#count < this.limits.maxCount && this.#bytes + bytes <= this.limits.maxBytes) return undefined;
    const text = trouble
      ? t`${this.#count} messages of the outbox are in memory only, because of: ${trouble.message}; no more fit there.`
      : t`${this.#count} messages of the outbox are in memory only, because they come faster than the disk takes them; no more fit there.`;
    return new PoolError('QUEUE_FULL', text);
  }
}
