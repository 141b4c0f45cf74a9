/** A node of the benchmark alone: counts the messages it gets, and how long those underway took that tell when they began. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { registerFeed } from './feed-node';
import { registerRecorder } from './recorder-node';

export const counts = new Map<string, number>();

interface Waiter {
  readonly id: string;
  readonly total: number;
  readonly resolve: () => void;
}

const waiters = new Set<Waiter>();
let delays: number[] = [];

/** Counts one more, for a node or whatever else is measured under this id. */
export function count(id: string, more = 1): void {
  const total = (counts.get(id) ?? 0) + more;
  counts.set(id, total);
  for (const waiter of waiters) {
    if (waiter.id !== id || total < waiter.total) continue;
    waiters.delete(waiter);
    waiter.resolve();
  }
}

/** Settles when so many have been counted in all. */
export function reached(id: string, total: number): Promise<void> {
  if ((counts.get(id) ?? 0) >= total) return Promise.resolve();
  return new Promise((resolve) => waiters.add({ id, total, resolve }));
}

/** The time since `sentAt`, which is `process.hrtime.bigint()` of any process of this machine, as text. */
export function noteDelay(sentAt: string): void {
  delays.push(Number(process.hrtime.bigint() - BigInt(sentAt)) / 1e6);
}

/** The delays noted since the last call, in milliseconds. */
export function takeDelays(): number[] {
  const taken = delays;
  delays = [];
  return taken;
}

export function registerCounter(RED: NodeAPI): void {
  function Counter(this: Node, config: NodeDef & { readonly sentAt?: string }): void {
    RED.nodes.createNode(this, config);
    const { sentAt } = config;
    counts.set(this.id, 0);
    this.on('input', (message, _send, done) => {
      if (sentAt) noteDelay(String(RED.util.getMessageProperty(message, sentAt)));
      count(this.id);
      done();
    });
  }
  RED.nodes.registerType('bench-counter', Counter);
  registerRecorder(RED);
  registerFeed(RED);
}
