/** A node of the benchmark alone: remembers the numbers that arrive and how long it was silent between them. */
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type ArrivalFigures, Arrivals } from '../arrivals';

let arrivals = new Arrivals();

/** What has been recorded since the last call, by all recorders of the process, over deploys. */
export function takeRecorded(): ArrivalFigures {
  const { figures } = arrivals;
  arrivals = new Arrivals();
  return figures;
}

/** The longest silence since it was last asked for. */
export function takeSilence(): number {
  return arrivals.takeSilence();
}

/** The numbers recorded since figures were last taken. */
export function recordedNumbers(): readonly number[] {
  return arrivals.numbers;
}

export function registerRecorder(RED: NodeAPI): void {
  function Recorder(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      arrivals.add(Number(message.payload));
      done();
    });
  }
  RED.nodes.registerType('bench-recorder', Recorder);
}
