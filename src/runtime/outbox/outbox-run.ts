/**
 * An open outbox with what sends from it. It outlives the profile node in a deploy, and goes over to the node that comes in
 * its place, with all that is under way.
 */
import type { DriverSession } from '../../core/driver';
import { PoolError } from '../../core/errors';
import type { Legacy } from '../hand-over/hand-over';
import { openLevel } from './disk';
import type { Entry } from './entry';
import type { OutboxReports } from './losses';
import { Outbox, type OutboxOptions } from './outbox';
import type { SetAside } from './open-store';
import type { OutboxProtocol } from './protocol';
import { Pump, type PumpSettings } from './pump';

/** A profile node that has the outbox now. */
export interface RunOwner extends OutboxReports {
  /** Its id and type. */
  readonly profile: { readonly id: string; readonly type: string };
  /** Something to show may have changed. */
  changed(): void;
  /** Nothing is left to send. */
  empty(): void;
}

/** Stores that are open or being closed, by folder: LevelDB can't open one twice. */
const runs = new Map<string, { readonly view: OutboxView }>();
const closing = new Map<string, Promise<void>>();

/** Whether there is an open outbox in this folder. */
export function isRunning(folder: string): boolean {
  return runs.has(folder);
}

/** What an open outbox looks like now, as plain JSON. */
export interface OutboxView {
  /** The id of the profile node, and its type. */
  readonly profile: string;
  readonly type: string;
  /** What is not delivered yet. */
  readonly count: number;
  readonly bytes: number;
  /** When the oldest of them was added, in milliseconds since the epoch; undefined if there is none. */
  readonly oldest: number | undefined;
  /** Not on disk, because it can't be written at the moment. */
  readonly inMemory: boolean;
  /** Since it was opened. */
  readonly added: number;
  readonly delivered: number;
  /** For want of room or for age. */
  readonly dropped: number;
  /** Refused by the other side. */
  readonly failed: number;
}

/** All open outboxes of this process. */
export function outboxViews(): OutboxView[] {
  return [...runs.values()].map(({ view }) => view);
}

export class OutboxRun<Session extends DriverSession, Job> implements Legacy, OutboxReports {
  readonly outbox: Outbox<Job>;
  readonly pump: Pump<Session, Job>;
  owner: RunOwner;
  #closed: Promise<void> | undefined;

  constructor(
    options: Pick<OutboxOptions, 'folder' | 'limits' | 'memory'>,
    protocol: OutboxProtocol<Session, Job>,
    settings: PumpSettings,
    owner: RunOwner,
  ) {
    const open = async (folder: string) => {
      await closing.get(folder);
      return openLevel(folder);
    };
    this.owner = owner;
    this.outbox = new Outbox<Job>({ ...options, open }, this);
    this.pump = new Pump(this.outbox, protocol, settings);
    this.pump.onEmpty = () => this.owner.empty();
    runs.set(options.folder, this);
  }

  get view(): OutboxView {
    const { id, type } = this.owner.profile;
    const { count, bytes, oldestTime, trouble, counters } = this.outbox;
    return { profile: id, type, count, bytes, oldest: oldestTime, inMemory: trouble !== undefined, ...counters };
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Stops sending and closes the store; what is in it goes out when it is opened again. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The profile node doesn't come back. */
  end(): void {
    void this.close();
  }

  dropped(sink: number, count: number, error: PoolError | undefined, silent: number): void {
    this.owner.dropped(sink, count, error, silent);
  }

  failed(entry: Entry<unknown>, error: PoolError): void {
    this.owner.failed(entry, error);
  }

  setAside(aside: SetAside, lost: number | undefined): void {
    this.owner.setAside(aside, lost);
  }

  troubled(error: PoolError | undefined): void {
    this.owner.troubled(error);
  }

  async #close(): Promise<void> {
    const { folder } = this.outbox;
    this.pump.stop();
    const closed = this.outbox.close();
    closing.set(folder, closed);
    if (runs.get(folder) === this) runs.delete(folder);
    await closed;
    if (closing.get(folder) === closed) closing.delete(folder);
  }
}
