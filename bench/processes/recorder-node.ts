/** A node of the benchmark alone: remembers the numbers that arrive and how long it was silent between them. */
import type { Node, NodeAPI, NodeDef } from 'node-red';

/** What has arrived of numbers that were sent from 0 on. */
export interface Recorded {
  readonly different: number;
  readonly doubled: number;
  readonly disordered: number;
  readonly longestSilenceMillis: number;
}

const times = new Map<number, number>();
let doubled = 0;
let disordered = 0;
let last = -1;
let lastAt = 0;
let longestSilenceMillis = 0;

/** What has been recorded since the last call, by all recorders of the process, over deploys. */
export function takeRecorded(): Recorded {
  const recorded = { different: times.size, doubled, disordered, longestSilenceMillis };
  times.clear();
  doubled = 0;
  disordered = 0;
  last = -1;
  lastAt = 0;
  longestSilenceMillis = 0;
  return recorded;
}

function record(number: number): void {
  const now = performance.now();
  if (lastAt > 0) longestSilenceMillis = Math.max(longestSilenceMillis, now - lastAt);
  lastAt = now;
  if (times.has(number)) doubled += 1;
  else if (number < last) disordered += 1;
  times.set(number, now);
  last = Math.max(last, number);
}

export function registerRecorder(RED: NodeAPI): void {
  function Recorder(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      record(Number(message.payload));
      done();
    });
  }
  RED.nodes.registerType('bench-recorder', Recorder);
}
