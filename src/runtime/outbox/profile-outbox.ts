/**
 * The outbox of a profile node: opened when a sink uses it for the first time, or when something is left in it, and sent
 * from over a lease of the profile, whether the sinks are still there or not.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Node } from 'node-red';
import type { DriverSession } from '../../core/driver';
import { DEFAULT_QUEUE } from '../../core/driver';
import { PoolError } from '../../core/errors';

import type { BorrowHandlers, Borrowing } from '../borrowing';
import { stableKey } from '../hand-over/stable-key';
import type { SendingProfile } from '../sending-node';
import type { Entry, Waiter } from './entry';
import { isRunning, OutboxRun, type RunOwner } from './outbox-run';
import type { SetAside } from './open-store';
import type { OutboxProtocol } from './protocol';
import { DEFAULT_OUTBOX, type OutboxSettings } from './settings';
import { t } from '../../core/wording';

/** How long an outbox that nobody uses stays open when it is empty: the sinks of a deploy come a little later. */
const UNUSED_MILLIS = 5_000;

/** A sink that uses the outbox. */
export interface OutboxUser {
  /** See `sinkMark`. */
  readonly mark: number;
  /** Something to show may have changed. */
  changed(): void;
  dropped(count: number, error: PoolError | undefined, silent: number): void;
  /** One of its messages, described for a Catch node, was refused, and nobody has the original any more. */
  failed(message: Record<string, unknown>, error: PoolError): void;
}

export interface ProfileOutboxParts<Session extends DriverSession, Job> {
  /** The profile node. */
  readonly node: Node;
  readonly profile: SendingProfile<Session>;
  readonly protocol: OutboxProtocol<Session, Job>;
  /** Node-RED's user directory; undefined if it has none. */
  readonly userDirectory: string | undefined;
}

export interface OutboxDepth {
  readonly count: number;
  readonly bytes: number;
  /** Since Node-RED was started, or the outbox was opened first. */
  readonly dropped: number;
  readonly failed: number;
  readonly delivered: number;
}

/** What sinks use of it. */
export interface OutboxAccess<Job> {
  /** What the profile says now. */
  readonly settings: OutboxSettings;
  /** Undefined if it isn't in use. */
  readonly depth: OutboxDepth | undefined;
  /** Why entries are in memory only; undefined if they are safe. */
  readonly trouble: PoolError | undefined;
  /** Whether it still sends what waited during an outage. */
  readonly hasBacklog: boolean;
  /** Returns what ends it. */
  attach(user: OutboxUser): () => void;
  /** Adds a message; the waiter is called once. */
  add(sinkId: string, job: Job, bytes: number, waiter: Waiter): void;
}

export class ProfileOutbox<Session extends DriverSession, Job> implements RunOwner, OutboxAccess<Job> {
  readonly #parts: ProfileOutboxParts<Session, Job>;
  readonly #folder: string | undefined;
  readonly #users = new Set<OutboxUser>();
  #borrowing: Borrowing<DriverSession> | undefined;
  #run: OutboxRun<Session, Job> | undefined;
  #configured: unknown;
  #parked = false;
  #closed = false;
  #unusedTimer: NodeJS.Timeout | undefined;

  constructor(parts: ProfileOutboxParts<Session, Job>) {
    this.#parts = parts;
    this.#folder = outboxFolder(parts.userDirectory, parts.node);
    if (this.#folder !== undefined && (isRunning(this.#folder) || existsSync(this.#folder))) this.#start();
  }

  get profile(): { readonly id: string; readonly type: string } {
    return this.#parts.node;
  }

  get settings(): OutboxSettings {
    const { current } = this.#parts.profile;
    return (current instanceof PoolError ? undefined : current.outbox) ?? DEFAULT_OUTBOX;
  }

  get depth(): OutboxDepth | undefined {
    if (!this.#run) return undefined;
    const { count, bytes, counters } = this.#run.outbox;
    const { dropped, failed, delivered } = counters;
    return { count, bytes, dropped, failed, delivered };
  }

  get trouble(): PoolError | undefined {
    return this.#run?.outbox.trouble;
  }

  get hasBacklog(): boolean {
    return this.#run?.pump.hasBacklog ?? false;
  }

  attach(user: OutboxUser): () => void {
    this.#users.add(user);
    return () => {
      this.#users.delete(user);
      this.#closeUnusedSoon();
    };
  }

  add(sinkId: string, job: Job, bytes: number, waiter: Waiter): void {
    const run = this.#run ?? this.#start();
    if (!run) return waiter.done(new PoolError('OUTBOX_UNAVAILABLE', noDirectory()));
    this.#configure(run);
    run.outbox.add(sinkId, job, bytes, waiter);
  }

  /** The profile node is closed. */
  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#unusedTimer);
    const run = this.#run;
    if (!this.#borrowing || !run) return;
    const given = this.#parts.profile.giveBack(this.#borrowing, removed);
    if (!this.#parked) await run.close();
    await given;
  }

  changed(): void {
    for (const user of this.#users) user.changed();
  }

  empty(): void {
    this.changed();
    this.#closeUnusedSoon();
  }

  dropped(sink: number, count: number, error: PoolError | undefined, silent: number): void {
    const user = this.#userOf(sink);
    if (user) user.dropped(count, error, silent);
    else {
      const why = error?.message ?? '';
      this.#parts.node.warn(count === 1 ? t`A message was dropped. ${why}` : t`${count} messages were dropped. ${why}`);
    }
  }

  failed(entry: Entry<unknown>, error: PoolError): void {
    const user = this.#userOf(entry.sink);
    if (user) user.failed(this.#parts.protocol.describe(entry.job as Job), error);
    else this.#parts.node.warn(t`A message of a node that is gone was given up: ${error.message} (${error.code})`);
  }

  setAside({ folder, reason }: SetAside, lost: number | undefined): void {
    const values = { folder, reason: reason.message, count: lost ?? '' };
    const key = lost === undefined ? 'errors.outbox-set-aside' : 'errors.outbox-set-aside-count';
    this.#parts.node.warn(this.#parts.profile.texts.text(key, values));
  }

  troubled(error: PoolError | undefined): void {
    const { node, profile } = this.#parts;
    if (error) node.warn(profile.texts.text('errors.outbox-in-memory', { reason: error.message }));
    else node.log(profile.texts.text('errors.outbox-safe-again'));
    this.changed();
  }

  #start(): OutboxRun<Session, Job> | undefined {
    const folder = this.#folder;
    if (folder === undefined || this.#closed) return undefined;
    const handlers: BorrowHandlers<Session> = {
      inherit: (legacy) => {
        if (legacy instanceof OutboxRun && !legacy.closed) this.#adopt(legacy as OutboxRun<Session, Job>);
      },
      park: () => this.#park(),
      bound: (session) => this.#running(folder).pump.use(session),
      unbinding: () => this.#run?.pump.use(undefined),
      stateChanged: (state) => {
        const { pump } = this.#running(folder);
        pump.connected = state?.kind === 'connected';
        this.changed();
      },
    };
    this.#borrowing = this.#parts.profile.borrow(this.#parts.node, handlers);
    const run = this.#running(folder);
    void run.outbox.open();
    this.#closeUnusedSoon();
    return run;
  }

  #running(folder: string): OutboxRun<Session, Job> {
    if (!this.#run) {
      const limits = this.settings;
      const options = { folder, limits, memory: this.#memoryLimits };
      this.#run = new OutboxRun(options, this.#parts.protocol, { ...limits, queue: this.#memoryLimits }, this);
    }
    this.#configure(this.#run);
    return this.#run;
  }

  #adopt(run: OutboxRun<Session, Job>): void {
    run.owner = this;
    this.#run = run;
    this.#configure(run);
  }

  #park(): OutboxRun<Session, Job> | undefined {
    if (!this.#closed || this.#run?.closed) return undefined;
    this.#parked = true;
    return this.#run;
  }

  #configure({ outbox, pump }: OutboxRun<Session, Job>): void {
    const { current } = this.#parts.profile;
    if (this.#configured === current) return;
    this.#configured = current;
    const limits = this.settings;
    outbox.configure(limits, this.#memoryLimits);
    pump.configure({ ...limits, queue: this.#memoryLimits });
  }

  get #memoryLimits() {
    const { current } = this.#parts.profile;
    return { ...DEFAULT_QUEUE, ...(current instanceof PoolError ? {} : current.queue) };
  }

  #userOf(sink: number): OutboxUser | undefined {
    for (const user of this.#users) if (user.mark === sink) return user;
    return undefined;
  }

  #closeUnusedSoon(): void {
    if (this.#unusedTimer || this.#closed || !this.#run || this.#users.size > 0) return;
    this.#unusedTimer = setTimeout(() => {
      this.#unusedTimer = undefined;
      this.#closeUnused();
    }, UNUSED_MILLIS);
    this.#unusedTimer.unref();
  }

  #closeUnused(): void {
    const run = this.#run;
    const borrowing = this.#borrowing;
    if (!run || !borrowing || this.#users.size > 0 || run.outbox.count > 0) return;
    this.#run = undefined;
    this.#borrowing = undefined;
    void run.close();
    this.#parts.profile
      .giveBack(borrowing, false)
      .catch((thrown: unknown) => this.#parts.node.debug(PoolError.from(thrown).message));
  }
}

const noDirectory = () => t`Node-RED has no user directory, so that there is no place for an outbox; use the memory.`;

/** Named for the profile node, so that what is in it is found after a restart. */
function outboxFolder(userDirectory: string | undefined, node: Node): string | undefined {
  if (userDirectory === undefined) return undefined;
  return join(userDirectory, 'connection-pool', 'outbox', encodeURIComponent(stableKey(node)).replaceAll('.', '%2E'));
}
