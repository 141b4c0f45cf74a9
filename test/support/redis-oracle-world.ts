/** A world the Redis oracle runs a scenario in: every node with a private client, or all of them through the pool. */
import type { Redis } from 'ioredis';
import type { SubscribeRequest } from '../../src/drivers/redis/subscribing';
import type { RedisNodePlan, RedisPublication } from './redis-oracle-scenario';

/** One delivery as a node sees it, the prefix of its world taken off. */
export type RedisDelivery = string;

export interface RedisWorld {
  /** Attaches all of these in one turn and settles when they are subscribed. */
  attach(plans: readonly RedisNodePlan[]): Promise<void>;
  detach(id: number): Promise<void>;
  subscribe(id: number, request: SubscribeRequest): Promise<void>;
  unsubscribe(id: number, request: SubscribeRequest): Promise<void>;
  redeploy(plans: readonly RedisNodePlan[]): Promise<void>;
  /** Publishes and settles when the server has passed it on. */
  publish(by: number | 'outsider', messages: readonly RedisPublication[]): Promise<void>;
  /** Breaks all connections, lets the outsider publish before anyone is back, and settles when all is as before. */
  outage(messages: readonly RedisPublication[]): Promise<void>;
  /** Settles when every node has got what it will get, and returns it. */
  settle(): Promise<Map<number, RedisDelivery[]>>;
  stop(): Promise<void>;
}

export interface RedisWorldSettings {
  readonly port: number;
  readonly protocol: 2 | 3;
  /** Channels and patterns of this world begin with it, and its connections are named so. */
  readonly prefix: string;
  /** A client of its own that is never cut off. */
  readonly outsider: Redis;
}

/** Where a world publishes to find out that everything before has arrived; nothing of a scenario matches it. */
export function barrierChannel(prefix: string): string {
  return `barrier:${prefix}`;
}

export function delivery(prefix: string, channel: string, payload: string, pattern?: string): RedisDelivery {
  const by = pattern === undefined ? '' : ` by ${pattern.slice(prefix.length)}`;
  return `${channel.slice(prefix.length)} "${payload}"${by}`;
}

export async function outsiderPublishes(
  { outsider, prefix }: RedisWorldSettings,
  messages: readonly RedisPublication[],
): Promise<void> {
  for (const { command, channel, payload } of messages) await outsider.call(command, prefix + channel, payload);
}

/** Cuts off every client of a world and publishes in the same breath. */
export async function cutOff(
  { outsider, prefix }: RedisWorldSettings,
  messages: readonly RedisPublication[],
): Promise<void> {
  const list = String(await outsider.client('LIST'));
  const transaction = outsider.multi();
  for (const line of list.split('\n')) {
    const [, id, name] = /^id=(\d+) .*? name=(\S*)/.exec(line) ?? [];
    if (id !== undefined && name === prefix) transaction.call('CLIENT', 'KILL', 'ID', id);
  }
  for (const { command, channel, payload } of messages) transaction.call(command, prefix + channel, payload);
  const results = await transaction.exec();
  for (const [error] of results ?? []) if (error) throw error;
}
