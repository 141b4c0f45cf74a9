/** Counters of one connection, added to by its driver and read by the snapshot. */
export interface Counters {
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Messages of sinks given up for good: queue overflow, age, or a refusal by the server. */
  refused: number;
  /** How often an established connection was lost. */
  losses: number;
  /** How often a connection was established. */
  connects: number;
}

export function newCounters(): Counters {
  return { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0, refused: 0, losses: 0, connects: 0 };
}
