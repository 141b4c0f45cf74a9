/**
 * What the runtime and the sidebar "Connections" say to each other over the editor's web socket. The editor asks for a
 * ticket (`POST connection-pool/live`), sends a `LiveRequest` with it, and is told of every change from then on.
 */
import type { ConnectionStateKind } from '../../core/connection-state';
import type { UserView } from '../admin/connection-view';

/** The topic in both directions: of `RED.comms.send` and `RED.comms.subscribe`. */
export const LIVE_TOPIC = 'connection-pool/live';

/** The answer to `POST connection-pool/live`. */
export interface LiveTicket {
  /** Good for one session, within a minute. */
  readonly ticket: string;
  readonly topic: typeof LIVE_TOPIC;
}

/** What the editor sends; every message is a sign that it keeps up. */
export interface LiveRequest {
  /** In the first message of a web socket. */
  readonly ticket?: string;
  /** The keys of the opened rows, all of them; without it they stay as they were. */
  readonly open?: readonly string[];
  /** The `seq` of the update just shown. After a few updates without this the runtime waits for it. */
  readonly seen?: number;
  /** The sidebar is hidden: nothing more is sent until a message with a new ticket. */
  readonly stop?: true;
}

/** What the runtime sends. */
export type LiveMessage = LiveUpdate | LiveExpired;

/** The web socket has no ticket, or has lost it: ask for another one. */
export interface LiveExpired {
  readonly expired: true;
}

export interface LiveUpdate {
  /** Replaces all the editor knows. */
  readonly full?: true;
  /** Counts from 1; to be sent back as `seen`. */
  readonly seq: number;
  /** The clock of the runtime, in Unix milliseconds: countdowns go by it. */
  readonly now: number;
  /** New and changed ones, whole but for the history. */
  readonly rows: readonly LiveRow[];
  /** Keys of connections that are no more. */
  readonly gone: readonly string[];
  /** Of opened rows: whole ones, when anything in them changed. */
  readonly details: readonly LiveDetails[];
}

/** A code, and what happened in plain words. */
export interface LiveReason {
  readonly code: string;
  readonly message: string;
}

/** One connection. All times are Unix milliseconds by the runtime's clock. */
export interface LiveRow {
  readonly key: string;
  /** The connection type: mqtt, redis, http. */
  readonly type: string;
  /** Without secrets. */
  readonly address: string;
  readonly state: ConnectionStateKind;
  /** Since when it is in this state. */
  readonly since: number;
  /** Since when it has tried to connect in vain: over all its attempts, each of which is a state of its own. */
  readonly downSince?: number;
  readonly paused: boolean;
  readonly dedicated: boolean;
  readonly keepOpen: boolean;
  /** Why it isn't connected now. */
  readonly reason?: LiveReason;
  /** Of connecting, counted from 1. */
  readonly attempt?: number;
  readonly nextAttemptAt?: number;
  /** The latest failure; it stays when all is well again. */
  readonly lastError?: LiveReason & { readonly at: number };
  /** How many share it. */
  readonly nodes: number;
  readonly profiles: readonly { readonly id: string; readonly name?: string }[];
  /** Profiles that were left out. */
  readonly moreProfiles?: number;
  /** Per second. */
  readonly rates: LiveRates;
  /**
   * Messages a second, in and out together, oldest first, one every 5 s, at most 60. In a change only when a sample was
   * added: the editor keeps the one it has.
   */
  readonly history?: readonly number[];
  readonly reconnects: number;
  /** What waits in memory to be sent. */
  readonly queued: number;
  /** Entries of its outboxes on disk. */
  readonly outbox?: number;
}

export interface LiveRates {
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What an opened row shows. */
export interface LiveDetails {
  readonly key: string;
  readonly nodes: readonly UserView[];
  /** Nodes that were left out. */
  readonly moreNodes?: number;
  readonly subscriptions: readonly LiveSubscription[];
  /** Subscriptions that were left out. */
  readonly moreSubscriptions?: number;
  readonly queues: readonly LiveQueue[];
}

/** What is subscribed or read: an MQTT filter, a channel, pattern, stream or list of Redis. */
export interface LiveSubscription {
  readonly filter: string;
  /** For Redis: `channel`, `pattern`, `stream`, `group`, `list`, … */
  readonly kind?: string;
  /** The consumer group of Redis. */
  readonly group?: string;
  readonly qos?: number;
  /** How many nodes asked for it. */
  readonly nodes: number;
  /** Received for it since it was subscribed. */
  readonly messages: number;
  /** Why the server doesn't serve it. */
  readonly refused?: string;
}

export interface LiveQueue {
  /** Of the profile whose outbox it is, the source whose flow does not keep up, or the HTTP server; else empty. */
  readonly name: string;
  readonly waiting: number;
  readonly bytes?: number;
  readonly oldestAt?: number;
  /** To be sent, in memory or on disk; or received, before and within the flow of a source that does not keep up. */
  readonly kind: 'memory' | 'disk' | 'source';
}
