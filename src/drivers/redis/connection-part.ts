/**
 * How the parts of one connection (commands, subscriptions, readers) are put together: each part sees the others
 * through this, and comes and goes with the connection.
 */
import type { Counters } from '../../core/counters';
import type { ConnectionTracing } from '../../core/tracing';
import type { PoolError } from '../../core/errors';
import type { SeenByRedis } from './key-kinds';
import type { RedisLink } from './redis-link';
import type { RedisProfile } from './profile';
import type { RedisArgument, RedisReply, RedisServer } from './session';

/** What a part can use. */
export interface ConnectionParts {
  readonly profile: RedisProfile;
  readonly counters: Counters;
  readonly tracing?: ConnectionTracing | undefined;
  readonly seen?: SeenByRedis | undefined;
  /** Undefined while there is no connection. */
  readonly server: RedisServer | undefined;
  /** The further sockets of the connection, opened when first wanted. */
  readonly sockets: {
    /** Subscriptions, and XREAD BLOCK where the server speaks RESP3. Big replies must not ride on it. */
    readonly events: AuxiliarySocket;
    readonly lists: AuxiliarySocket;
    readonly sortedSets: AuxiliarySocket;
  };
  /**
   * A command of the driver's own on the command socket, not queued: rejects at once while there is no connection, and
   * when the connection breaks. Replies as buffers. The deadline is the profile's `commandTimeoutMillis`.
   *
   * @throws PoolError
   */
  run(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply>;
  /** Worth a line in the log once. */
  warn(error: PoolError): void;
}

/** One more socket of a connection. It reconnects by itself while it is wanted and the connection is up. */
export interface AuxiliarySocket {
  /** The link while it is up. */
  readonly link: RedisLink | undefined;
  /** Set by whoever blocks the socket with a command: call it after sending another one, which would be held up. */
  interrupt?: (() => void) | undefined;
  /**
   * Keeps the socket open until the returned function is called. `up` is told each new link (also the present one,
   * in the next turn), `down` that it is gone and why, or why it can't be opened.
   */
  want(user: SocketUser): () => void;
}

export interface SocketUser {
  up(link: RedisLink): void;
  down(error: PoolError): void;
}

/** A part of a connection. */
export interface ConnectionPart {
  /** The connection is up (again). */
  connected(): void;
  /** The connection is gone; it may come back. */
  lost(): void;
  /** The connection ends for good. Must settle within a second. */
  close(): Promise<void>;
}
