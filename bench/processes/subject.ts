/** Child process: what is measured. Its argument says which: `bare` or `node-red`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArrivalFigures } from '../arrivals';
import { BareClient, type EchoOptions } from './bare-client';
import { BareRedis, type GroupOptions, type RedisEchoOptions, type SetsOptions } from './bare-redis';
import { BareUndici, type RequestsOptions } from './bare-undici';
import { reached, takeDelays } from './counter-node';
import { EmbeddedNodeRed, type FlowNode } from './embedded-node-red';
import { fed } from './feed-node';
import { recordedNumbers, takeRecorded, takeSilence } from './recorder-node';
import { serve } from './remote';

export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

const bare = new BareClient();
const bareRedis = new BareRedis();
const bareUndici = new BareUndici();
const nodeRed = new EmbeddedNodeRed();

const methods = {
  /** Starts an empty runtime. */
  start: (packages: readonly string[]): Promise<void> => nodeRed.start(packages),
  deploy: (nodes: readonly FlowNode[], type?: 'full' | 'nodes'): Promise<void> => nodeRed.deploy(nodes, type),
  /** Bare mqtt.js: sends everything on that arrives. */
  echo: (options: EchoOptions): Promise<void> => bare.echo(options),
  /** Hands messages to a node of the flow. */
  inject: (nodeId: string, topic: string, payload: string): void => nodeRed.inject(nodeId, topic, payload),
  /** Hands many messages to a node at once; tells how long it took to complete them all. */
  injectMany: (nodeId: string, messages: number, payload: string): Promise<number> =>
    timed(() => nodeRed.injectMany(nodeId, messages, payload)),
  /** Hands messages to each of these nodes at once; tells how long it took until a counter had all answers. */
  injectEach: (nodeIds: readonly string[], messages: number): Promise<number> =>
    timed(() => nodeRed.injectEach(nodeIds, messages)),
  /** Bare undici: requests at once; tells how long it took until all were answered. */
  httpRequests: (options: RequestsOptions): Promise<number> => timed(() => bareUndici.requests(options)),
  /** Tells how long it took until nothing was left in the outbox of a profile. */
  drained: (profileId: string): Promise<number> => timed(() => nodeRed.drained(profileId)),
  status: (nodeId: string): string => nodeRed.status(nodeId),
  /** Each status that a node has had. */
  statuses: (nodeId: string): string[] => nodeRed.statuses(nodeId),
  /** Bare ioredis: publishes everything that arrives. */
  redisEcho: (options: RedisEchoOptions): Promise<void> => bareRedis.echo(options),
  /** Bare ioredis: pops a list and counts. */
  redisPop: (port: number, key: string): void => bareRedis.pop(port, key),
  /** Bare ioredis: reads a stream as the consumer of a group, acknowledges and counts. */
  redisConsume: (options: GroupOptions): void => bareRedis.consume(options),
  /** Bare ioredis: reads streams and notes the delays of the entries. */
  redisRead: (port: number, keys: readonly string[]): void => bareRedis.read(port, keys),
  /** Many SETs at once; tells how long it took until all were answered. */
  redisSets: (options: SetsOptions): Promise<number> => timed(() => bareRedis.sets(options)),
  /** Settles when so many have been counted in all. */
  reached: (id: string, total: number): Promise<void> => reached(id, total),
  takeDelays: (): number[] => takeDelays(),
  takeRecorded: (): ArrivalFigures => takeRecorded(),
  takeSilence: (): number => takeSilence(),
  recordedNumbers: (): readonly number[] => recordedNumbers(),
  /** How many a feed node has sent. */
  fed: (): number => fed(),
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

async function timed(action: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

export type SubjectMethods = typeof methods;

serve<SubjectMethods>(methods);
