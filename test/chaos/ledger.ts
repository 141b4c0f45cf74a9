/** What was sent, promised, received and doubled on one lane, by id; and whether every promise was kept. */

export interface LanePromise {
  /** What is done or acknowledged arrives once and no more; else at least once. @default false */
  readonly exactlyOnce?: boolean;
  /** First arrivals come in the order of sending, within one life of Node-RED. @default false */
  readonly ordered?: boolean;
}

export interface LaneFigures {
  readonly lane: string;
  readonly sent: number;
  readonly promised: number;
  readonly received: number;
  readonly doubled: number;
  readonly failed: Readonly<Record<string, number>>;
  /** Ids that were promised and did not arrive. */
  readonly lost: readonly string[];
  /** Promises that were broken, in words; none if all is well. */
  readonly broken: readonly string[];
}

export class Ledger {
  readonly lane: string;
  readonly #promise: LanePromise;
  readonly #promised = new Set<string>();
  readonly #times = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #last = new Map<string, number>();
  readonly #disorder: string[] = [];
  #sent = 0;

  constructor(lane: string, promise: LanePromise) {
    this.lane = lane;
    this.#promise = promise;
  }

  sent(): void {
    this.#sent += 1;
  }

  /** From now on it must not get lost. */
  promised(id: string): void {
    this.#promised.add(id);
  }

  failed(code: string): void {
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1);
  }

  received(id: string): void {
    const times = (this.#times.get(id) ?? 0) + 1;
    this.#times.set(id, times);
    if (times > 1) return;
    const [generation = '', number = ''] = id.split('.');
    const last = this.#last.get(generation) ?? 0;
    if (Number(number) < last) this.#disorder.push(`${id} after ${generation}.${last}`);
    else this.#last.set(generation, Number(number));
  }

  /** How many different messages have arrived. */
  get arrived(): number {
    return this.#times.size;
  }

  /** How many promised messages have not arrived. */
  get owed(): number {
    let owed = 0;
    for (const id of this.#promised) if (!this.#times.has(id)) owed += 1;
    return owed;
  }

  figures(): LaneFigures {
    const lost = [...this.#promised].filter((id) => !this.#times.has(id));
    const doubled = [...this.#times].filter(([, times]) => times > 1).map(([id]) => id);
    const broken: string[] = [];
    if (lost.length > 0) broken.push(`${lost.length} promised and lost: ${some(lost)}`);
    if (this.#promise.exactlyOnce && doubled.length > 0) broken.push(`${doubled.length} doubled: ${some(doubled)}`);
    if (this.#promise.ordered && this.#disorder.length > 0) {
      broken.push(`${this.#disorder.length} out of order: ${some(this.#disorder)}`);
    }
    if (this.#times.size === 0) broken.push('nothing arrived at all');
    return {
      lane: this.lane,
      sent: this.#sent,
      promised: this.#promised.size,
      received: this.#times.size,
      doubled: doubled.length,
      failed: Object.fromEntries(this.#failed),
      lost,
      broken,
    };
  }
}

function some(ids: readonly string[]): string {
  return ids.slice(0, 8).join(', ') + (ids.length > 8 ? ', …' : '');
}
