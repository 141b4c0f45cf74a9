/** What a lease on a Redis connection can do, as if the client were its own. */
import type { DriverSession } from '../../core/driver';
import type { PoolError } from '../../core/errors';
import type { ReadHandlers, ReadRequest, RedisReader } from './reading';
import type { ResendPolicy } from './profile';
import type { RedisSubscription, SubscribeHandlers, SubscribeRequest } from './subscribing';

export type RedisArgument = string | Buffer | number;

/** A reply in the shapes of RESP2, whatever the server speaks: numbers, text or buffers, arrays of these, null. */
export type RedisReply = string | Buffer | number | null | RedisReply[];

export interface RedisCommand {
  /** In any case: `get`, `XADD`; a subcommand such as the `SETNAME` of `CLIENT SETNAME` is the first argument. */
  readonly name: string;
  readonly args: readonly RedisArgument[];
}

export interface SendOptions {
  /**
   * How long it may take in all, waiting included, in milliseconds; 0 for as long as the queue's limits allow.
   * A command that timed out while it waited is not sent later. @default 0
   */
  readonly timeoutMillis?: number;
  /** @default the profile's */
  readonly resend?: ResendPolicy;
  /** Replies as buffers rather than text. @default false */
  readonly buffers?: boolean;
}

/** One element's outcome in a pipeline or transaction. */
export type CommandOutcome =
  | { readonly reply: RedisReply; readonly error?: undefined }
  | { readonly error: PoolError; readonly reply?: undefined };

/** The server at the other end of the present connection. */
export interface RedisServer {
  /** `redis_version` of INFO, such as `7.0.15`; empty if it can't be known. */
  readonly version: string;
  /** The RESP version spoken. */
  readonly protocol: 2 | 3;
  readonly mode: 'standalone' | 'sentinel' | 'cluster';
}

export type ReplyCallback = (error: PoolError | undefined, reply?: RedisReply) => void;

export interface RedisSession extends DriverSession {
  /** Undefined while there is no connection. */
  readonly server: RedisServer | undefined;
  /** Whether this connection is the borrower's own, so that commands that change it are allowed. */
  readonly dedicated: boolean;
  /** Commands of this lease waiting to be sent or answered. */
  readonly queued: number;
  /**
   * Sends a command, or queues it until it can be sent; commands of one session are sent in their order. Calls back
   * exactly once and never throws.
   *
   * Errors: `REDIS_UNSHAREABLE` (it would change the connection for others), `REDIS_INVALID_ARGUMENT`, the server's own
   * (`REDIS_WRONGTYPE`, `REDIS_NOPERM`, …; see server-error.ts), `REDIS_TIMEOUT`, `REDIS_OUTCOME_UNKNOWN`, and those of
   * the queue (`QUEUE_FULL`, `QUEUE_DROPPED`, `QUEUE_EXPIRED`).
   */
  send(command: RedisCommand, options: SendOptions, callback: ReplyCallback): void;
  /**
   * The same as a promise.
   *
   * @throws PoolError as `send` calls back with
   */
  run(command: RedisCommand, options?: SendOptions): Promise<RedisReply>;
  /** Several commands in one go, in order, each with its own outcome. Others' commands may come between. */
  pipeline(commands: readonly RedisCommand[], options?: SendOptions): Promise<readonly CommandOutcome[]>;
  /**
   * Several commands as one transaction (MULTI/EXEC): all or none is sent, and nothing comes between.
   *
   * @throws PoolError when the transaction was not carried out: `REDIS_EXECABORT` names the command that was refused
   */
  transaction(commands: readonly RedisCommand[], options?: SendOptions): Promise<readonly CommandOutcome[]>;
  /**
   * Subscribes; several subscriptions of one session are independent of each other.
   *
   * @throws PoolError `REDIS_INVALID_ARGUMENT`, `LEASE_RELEASED`
   */
  subscribe(request: SubscribeRequest, handlers: SubscribeHandlers): RedisSubscription;
  /**
   * Reads a list, sorted set or stream until the reader is closed.
   *
   * @throws PoolError `REDIS_INVALID_ARGUMENT`, `LEASE_RELEASED`
   */
  read(request: ReadRequest, handlers: ReadHandlers): RedisReader;
  /** Gives up what this session has waiting to be sent: it fails with `CONNECTION_CLOSED`, in order. */
  withdraw(): void;
}
