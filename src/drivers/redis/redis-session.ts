/** A session: one lease's share of a Redis connection. */
import type { QueueLimits } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { QueueAccount } from '../../core/send-queue';
import { checkCommand } from './command-check';
import { Job, type JobManner } from './command-job';
import type { ReadHandlers, ReadRequest, RedisReader } from './reading';
import type { RedisConnection } from './redis-connection';
import type {
  CommandOutcome,
  RedisCommand,
  RedisReply,
  RedisServer,
  RedisSession,
  ReplyCallback,
  SendOptions,
} from './session';
import type { RedisSubscription, SubscribeHandlers, SubscribeRequest } from './subscribing';
import { mayBlock, unshareable } from './unshareable';
import { t } from '../../core/wording';

const COMMAND_TIMEOUT_MILLIS = 10_000;

type OutcomesCallback = (error: PoolError | undefined, outcomes: readonly CommandOutcome[]) => void;

export class SharedSession implements RedisSession {
  readonly #connection: RedisConnection;
  readonly #account: QueueAccount;
  readonly #subscriptions = new Set<RedisSubscription>();
  readonly #readers = new Set<RedisReader>();
  readonly #load = { jobs: 0 };
  #lastManner: JobManner | undefined;
  #closed = false;

  constructor(connection: RedisConnection, queue: QueueLimits) {
    this.#connection = connection;
    this.#account = new QueueAccount(queue);
  }

  get server(): RedisServer | undefined {
    return this.#connection.server;
  }

  get dedicated(): boolean {
    return this.#connection.profile.dedicated ?? false;
  }

  get queued(): number {
    return this.#load.jobs;
  }

  send(command: RedisCommand, options: SendOptions, callback: ReplyCallback): void {
    this.#give([command], false, options, (error, outcomes) => {
      const outcome = outcomes[0];
      if (error ?? outcome?.error) callback(error ?? outcome?.error);
      else callback(undefined, outcome?.reply ?? null);
    });
  }

  run(command: RedisCommand, options: SendOptions = {}): Promise<RedisReply> {
    return new Promise((resolve, reject) => {
      this.send(command, options, (error, reply = null) => (error ? reject(error) : resolve(reply)));
    });
  }

  pipeline(commands: readonly RedisCommand[], options: SendOptions = {}): Promise<readonly CommandOutcome[]> {
    return this.#giveAll(commands, false, options);
  }

  transaction(commands: readonly RedisCommand[], options: SendOptions = {}): Promise<readonly CommandOutcome[]> {
    return this.#giveAll(commands, true, options);
  }

  subscribe(request: SubscribeRequest, handlers: SubscribeHandlers): RedisSubscription {
    this.#assertOpen();
    const subscription = this.#connection.subscribe(request, handlers);
    this.#subscriptions.add(subscription);
    return {
      request: subscription.request,
      get state() {
        return subscription.state;
      },
      close: () => {
        this.#subscriptions.delete(subscription);
        subscription.close();
      },
    };
  }

  read(request: ReadRequest, handlers: ReadHandlers): RedisReader {
    this.#assertOpen();
    const reader = this.#connection.read(request, handlers);
    this.#readers.add(reader);
    return {
      request: reader.request,
      get state() {
        return reader.state;
      },
      get unacknowledged() {
        return reader.unacknowledged;
      },
      get position() {
        return reader.position;
      },
      close: () => {
        this.#readers.delete(reader);
        return reader.close();
      },
    };
  }

  limit(queue: QueueLimits): void {
    this.#account.limits = queue;
  }

  withdraw(): void {
    this.#connection.commands.withdraw(this.#account);
  }

  close(): void {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.close();
    this.#subscriptions.clear();
    for (const reader of this.#readers) {
      reader.close().catch((thrown: unknown) => this.#connection.warn(PoolError.from(thrown)));
    }
    this.#readers.clear();
  }

  #giveAll(
    commands: readonly RedisCommand[],
    atomic: boolean,
    options: SendOptions,
  ): Promise<readonly CommandOutcome[]> {
    if (commands.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#give(commands, atomic, options, (error, outcomes) => (error ? reject(error) : resolve(outcomes)));
    });
  }

  #give(given: readonly RedisCommand[], atomic: boolean, options: SendOptions, done: OutcomesCallback): void {
    let commands: RedisCommand[];
    try {
      this.#assertOpen();
      commands = given.map((command) => this.#allowed(command));
    } catch (thrown) {
      done(PoolError.from(thrown), []);
      return;
    }
    this.#connection.commands.add(new Job(commands, this.#manner(commands, atomic, options), done));
  }

  /** The same object for commands given in the same way, as most of a session are. */
  #manner(commands: readonly RedisCommand[], atomic: boolean, options: SendOptions): JobManner {
    const { profile } = this.#connection;
    const { timeoutMillis = 0, resend = profile.resend ?? 'safe', buffers = false } = options;
    const patient = this.dedicated && commands.some(mayBlock);
    const replyTimeoutMillis = patient ? 0 : (profile.commandTimeoutMillis ?? COMMAND_TIMEOUT_MILLIS);
    const last = this.#lastManner;
    if (
      last?.atomic === atomic &&
      last.buffers === buffers &&
      last.resend === resend &&
      last.timeoutMillis === timeoutMillis &&
      last.replyTimeoutMillis === replyTimeoutMillis
    ) {
      return last;
    }
    this.#lastManner = {
      load: this.#load,
      account: this.#account,
      atomic,
      buffers,
      resend,
      dedicated: this.dedicated,
      timeoutMillis,
      replyTimeoutMillis,
    };
    return this.#lastManner;
  }

  #allowed(given: RedisCommand): RedisCommand {
    const command = checkCommand(given);
    const refusal = unshareable(command, this.dedicated);
    if (refusal) throw refusal;
    return command;
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new PoolError('LEASE_RELEASED', t`The session of a released lease was used; acquire a new lease.`);
  }
}
