/**
 * Reads new entries of a group, the next batch while the present one is handed out: the server works meanwhile, and the
 * acknowledgements of the batch before go out in the same write as the read.
 */
import type { Acknowledgements } from './acknowledgements';
import type { GroupCommands } from './group-commands';
import type { StreamEntry } from './stream-replies';

export interface NewEntries {
  readonly entries: readonly StreamEntry[];
  /** How many were asked for. */
  readonly asked: number;
}

export class ReadAhead {
  readonly #commands: GroupCommands;
  readonly #acknowledgements: Acknowledgements;
  #next: Promise<NewEntries> | undefined;
  #begunAt = 0;

  constructor(commands: GroupCommands, acknowledgements: Acknowledgements) {
    this.#commands = commands;
    this.#acknowledgements = acknowledgements;
  }

  /** Whether a batch is under way or waiting. */
  get hasNext(): boolean {
    return this.#next !== undefined;
  }

  /** How long ago that was begun, in milliseconds. */
  get ageMillis(): number {
    return performance.now() - this.#begunAt;
  }

  /** Begins to read the next batch. */
  begin(count: number): void {
    const next = this.#read(count);
    // Told of when it is taken, if it is.
    next.catch(() => undefined);
    this.#next = next;
    this.#begunAt = performance.now();
  }

  /**
   * The batch that was begun, or one that begins now.
   *
   * @throws PoolError
   */
  take(count: number): Promise<NewEntries> {
    const next = this.#next ?? this.#read(count);
    this.#next = undefined;
    return next;
  }

  /** Forgets what was begun: it is pending in the group. */
  drop(): void {
    this.#next = undefined;
  }

  async #read(asked: number): Promise<NewEntries> {
    this.#acknowledgements.flush();
    const underWay = this.#acknowledgements.waitForRead();
    try {
      return { entries: await this.#commands.readNew(asked), asked };
    } finally {
      underWay();
    }
  }
}
