/** What a source does about its connection, seen from the node: subscribing or reading. */
import type { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type { NodeStatus } from 'node-red';

/** The part of a source that brings messages in. */
export interface SourceInput {
  /** A session to work with; must not throw. */
  bound(session: RedisSession): void;
  /** The session is about to be given back. */
  unbinding(): void;
  /** The connection is up (again). */
  connected?(): void;
  /** How it goes while connected: undefined when all is well, else what the status says. */
  readonly condition: SourceCondition | undefined;
  /** Stops, and finishes what is under way. */
  close(): Promise<void>;
}

export type SourceCondition =
  /** Not yet subscribed or reading. */
  | { readonly kind: 'pending' }
  /** The server refuses it. */
  | { readonly kind: 'failed'; readonly error: PoolError; readonly name?: string }
  /** Something else worth a status. */
  | { readonly kind: 'status'; readonly status: NodeStatus };

/** What the parts of a source tell the node. */
export interface SourceEvents {
  /** The condition may have changed. */
  changed(): void;
  /** An error of this node alone, told once: it reaches Catch nodes, with this message. */
  error(error: PoolError, message: Record<string, unknown>): void;
  warn(text: string): void;
}
