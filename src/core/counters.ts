/** Counters of one connection, added to by its driver and read by the snapshot. */
export interface Counters {
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Messages of sinks given up for good: queue overflow, age, or a refusal by the server. */
  refused: number;
  /** Received messages that a borrower had to drop: more came than it could do, or may keep. */
  dropped: number;
  /** How often an established connection was lost. */
  losses: number;
  /** How often a connection was established. */
  connects: number;
  /** Attempts to connect that failed. */
  failures: number;
}

/** The counters at one moment, with what follows from them. */
export interface CountersSnapshot extends Readonly<Counters> {
  /** How often the connection was established again: `connects` without the first. */
  readonly reconnects: number;
  /** All that went wrong: `failures`, `losses` and `refused`. */
  readonly errors: number;
}

export function newCounters(): Counters {
  return {
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    refused: 0,
    dropped: 0,
    losses: 0,
    connects: 0,
    failures: 0,
  };
}

export function countersSnapshot(counters: Counters): CountersSnapshot {
  const { connects, failures, losses, refused } = counters;
  return { ...counters, reconnects: Math.max(0, connects - 1), errors: failures + losses + refused };
}
