/** Reading lists, sorted sets and streams, as a session offers it. */
import type { PoolError } from '../../core/errors';

/** Pops from a list; what is popped and not yet handled is lost if the process dies. */
export interface ListRequest {
  readonly kind: 'list';
  readonly key: string;
  readonly end: 'left' | 'right';
  /** Items per batch, at most (one at a time before Redis 7). @default 100 */
  readonly count?: number;
}

/**
 * Moves each item to a processing list (LMOVE, Redis 6.2) and removes it from there when it is acknowledged. What is left
 * in the processing list from before is delivered first. An item settled as `failed` stays there, and is delivered again
 * after the connection was lost and when a reader is started the next time.
 */
export interface ReliableListRequest {
  readonly kind: 'reliable-list';
  readonly key: string;
  readonly end: 'left' | 'right';
  /** Belongs to this reader alone. */
  readonly processingKey: string;
  /** Items unacknowledged at a time, at most. @default 100 */
  readonly maxUnacknowledged?: number;
}

/** Pops from a sorted set. */
export interface SortedSetRequest {
  readonly kind: 'sorted-set';
  readonly key: string;
  readonly end: 'min' | 'max';
  /** Members per batch, at most (one at a time before Redis 7). @default 100 */
  readonly count?: number;
}

/** Reads a stream from a position on; every reader gets every entry. */
export interface StreamRequest {
  readonly kind: 'stream';
  readonly key: string;
  /** `$`: what is added from now on; `0`: from the beginning; an entry id: after it. */
  readonly position: string;
  /** Entries per read, at most. @default 100 */
  readonly count?: number;
}

/** Reads a stream as a consumer of a group. */
export interface GroupRequest {
  readonly kind: 'group';
  readonly key: string;
  readonly group: string;
  /** Stable across restarts, so that its own pending entries are found again. */
  readonly consumer: string;
  /** Create the stream and the group when they are missing. @default true */
  readonly create?: boolean;
  /** Where a group that is created begins: `$` or `0` or an entry id. @default '$' */
  readonly position?: string;
  /** Entries per read, at most. @default 100 */
  readonly count?: number;
  /** Entries delivered to this consumer and not acknowledged, at most. @default 1000 */
  readonly maxUnacknowledged?: number;
  /** `receipt`: acknowledged before they are handed out; `settle`: when the entry is settled. @default 'settle' */
  readonly acknowledge?: 'receipt' | 'settle';
  /** Claim entries of other consumers that have been pending for so long, in milliseconds; 0 for never. @default 60000 */
  readonly claimIdleMillis?: number;
  /** Give up an entry after so many deliveries; 0 for never. @default 0 */
  readonly maxDeliveries?: number;
  /** Where given-up entries go, with the reason. Without one they are acknowledged and told of as an error. */
  readonly deadLetterKey?: string;
}

export type ReadRequest = ListRequest | ReliableListRequest | SortedSetRequest | StreamRequest | GroupRequest;

/** Something that was read. */
export interface RedisItem {
  readonly key: string;
  /** The item of a list or the member of a sorted set; empty for a stream. */
  readonly value: Buffer;
  /** Of a sorted set's member. */
  readonly score?: number;
  /** Of a stream's entry: its id and its fields and values, alternating. */
  readonly id?: string;
  readonly fields?: readonly Buffer[];
  /** How often a group's entry has been delivered, this time included; 1 for a new one. */
  readonly deliveries?: number;
  /**
   * Ends the responsibility for an item of a reliable list or a group: `done` acknowledges it, `failed` leaves it where
   * it is (pending, or in the processing list) to be delivered again later. Settles when the server has taken it; if it
   * can't, that is told as a `problem` and the rejection need not be handled. A second call does nothing. Absent where
   * nothing is to be acknowledged.
   */
  settle?(outcome: 'done' | 'failed'): Promise<void>;
}

export type ReaderState =
  | { readonly kind: 'pending' }
  | { readonly kind: 'active' }
  /** This reader can't read (wrong type of key, no permission, …) and tries again; other readers are not concerned. */
  | { readonly kind: 'failed'; readonly error: PoolError };

export interface ReadHandlers {
  /**
   * A batch, in order. A promise holds the next batch back until it settles, so that a slow receiver slows reading down
   * instead of filling memory. Must not reject.
   */
  items(items: readonly RedisItem[]): void | Promise<void>;
  /** Told each change of the state, not the first one (`pending`). */
  state?(state: ReaderState): void;
  /** Something about an entry that is no state: it went to the dead-letter stream, could not be acknowledged, … */
  problem?(error: PoolError, item?: RedisItem): void;
}

export interface RedisReader {
  readonly request: ReadRequest;
  readonly state: ReaderState;
  /** Entries handed out and not settled. */
  readonly unacknowledged: number;
  /** Of a stream that is read from a position: the id after which it reads on, as soon as that is known. */
  readonly position?: string | undefined;
  /**
   * Stops reading: nothing is handed out afterwards, and what was popped and not handed out is put back. Settles when
   * that is done; entries handed out can still be settled until the session is closed. A second call does nothing.
   */
  close(): Promise<void>;
}

/** A reader as its connection knows it. */
export interface CountedReader extends Pick<RedisReader, 'request' | 'state'> {
  /** That it has handed out. */
  readonly messages: number;
}
