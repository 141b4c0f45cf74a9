/**
 * What tracing tools can listen to, on `node:diagnostics_channel`. Nothing is made, let alone told, while nobody listens
 * to a channel. No event holds a secret or a payload.
 */
import { channel } from 'node:diagnostics_channel';
import type { Borrower } from './lease';
import type { StateSnapshot } from './snapshot';

/** Which connection an event is about. */
export interface TracedConnection {
  readonly key: string;
  readonly type: string;
  /** Where it connects to, without secrets. */
  readonly address: string;
}

/** On `edgepool:connection:state`: the connection has entered this state. */
export interface StateEvent extends TracedConnection {
  readonly state: StateSnapshot;
  /** How many hold it. */
  readonly references: number;
}

/** On `edgepool:lease`: somebody got or gave back a hold on the connection. */
export interface LeaseEvent extends TracedConnection {
  readonly change: 'acquired' | 'released';
  readonly borrower: Borrower;
  readonly references: number;
}

/**
 * On `edgepool:message:send` when a message or command leaves, and, the same object, on `edgepool:message:settle` when
 * the server has taken it or it was given up; on `edgepool:message:receive` for what arrives.
 */
export interface MessageEvent extends TracedConnection {
  /** What it is about, in the words of the protocol: a topic, the name of a command, a method and path. */
  readonly subject: string;
  /** Size of the payload or the arguments. */
  readonly bytes: number;
  /** From sending to being settled; only on `settle`, and only if it had been sent. */
  millis?: number;
  /** Why it failed; only on `settle`. */
  error?: { readonly code: string; readonly message: string };
}

export const STATE_CHANNEL = 'edgepool:connection:state';
export const LEASE_CHANNEL = 'edgepool:lease';
export const SEND_CHANNEL = 'edgepool:message:send';
export const SETTLE_CHANNEL = 'edgepool:message:settle';
export const RECEIVE_CHANNEL = 'edgepool:message:receive';

const states = channel(STATE_CHANNEL);
const leases = channel(LEASE_CHANNEL);
const sends = channel(SEND_CHANNEL);
const settles = channel(SETTLE_CHANNEL);
const receives = channel(RECEIVE_CHANNEL);

/** The events of one connection. */
export class ConnectionTracing {
  readonly #connection: TracedConnection;

  constructor({ key, type, address }: TracedConnection) {
    this.#connection = { key, type, address };
  }

  state(make: () => Omit<StateEvent, keyof TracedConnection>): void {
    if (states.hasSubscribers) states.publish({ ...this.#connection, ...make() } satisfies StateEvent);
  }

  lease(change: LeaseEvent['change'], borrower: Borrower, references: number): void {
    if (!leases.hasSubscribers) return;
    leases.publish({ ...this.#connection, change, borrower, references } satisfies LeaseEvent);
  }

  /** A message leaves. What it returns is for `settled`; undefined while nobody listens. */
  sent(subject: string, bytes: number): MessageEvent | undefined {
    if (!sends.hasSubscribers && !settles.hasSubscribers) return undefined;
    const event: MessageEvent = { ...this.#connection, subject, bytes };
    sends.publish(event);
    return event;
  }

  /** The message of that event has been taken by the server or was given up. */
  settled(
    event: MessageEvent | undefined,
    millis: number | undefined,
    error?: Error & { readonly code: string },
  ): void {
    if (!event || !settles.hasSubscribers) return;
    if (millis !== undefined) event.millis = millis;
    if (error) event.error = { code: error.code, message: error.message };
    settles.publish(event);
  }

  received(subject: string, bytes: number): void {
    if (receives.hasSubscribers) receives.publish({ ...this.#connection, subject, bytes } satisfies MessageEvent);
  }
}
