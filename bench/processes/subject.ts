/** Child process: what is measured. Its argument says which: `bare` or `node-red`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BareClient, type EchoOptions } from './bare-client';
import { EmbeddedNodeRed, type FlowNode } from './embedded-node-red';
import { serve } from './remote';

export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

const bare = new BareClient();
const nodeRed = new EmbeddedNodeRed();

const methods = {
  /** Starts an empty runtime. */
  start: (): Promise<void> => nodeRed.start(),
  deploy: (nodes: readonly FlowNode[]): Promise<void> => nodeRed.deploy(nodes),
  /** Bare mqtt.js: sends everything on that arrives. */
  echo: (options: EchoOptions): Promise<void> => bare.echo(options),
  /** Hands messages to a node of the flow. */
  inject: (nodeId: string, topic: string, payload: string): void => nodeRed.inject(nodeId, topic, payload),
  /** Messages each counter node got. */
  counts: (): Record<string, number> => nodeRed.counts(),
  /** Processor time used so far, in microseconds. */
  cpu: (): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memory: async (): Promise<Memory> => {
    for (let round = 0; round < 4; round += 1) {
      await sleep(50);
      gc?.();
    }
    const { rss, heapUsed } = process.memoryUsage();
    return { rss, heap: heapUsed };
  },
};

export type SubjectMethods = typeof methods;

serve<SubjectMethods>(methods);
