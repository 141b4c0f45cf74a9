/** The Redis oracle's yardstick: one bare ioredis client per node. */
import { Redis } from 'ioredis';
import type { SubscribeRequest } from '../../src/drivers/redis/subscribing';
import type { RedisNodePlan, RedisPublication } from './redis-oracle-scenario';
import {
  barrierChannel,
  cutOff,
  delivery,
  outsiderPublishes,
  type RedisDelivery,
  type RedisWorld,
  type RedisWorldSettings,
} from './redis-oracle-world';
import { waitFor } from './waiting';

interface PrivateNode {
  readonly client: Redis;
  readonly seen: RedisDelivery[];
  barrier: string;
  losses: number;
}

export class PrivateRedisWorld implements RedisWorld {
  readonly #settings: RedisWorldSettings;
  readonly #nodes = new Map<number, PrivateNode>();
  #barriers = 0;

  constructor(settings: RedisWorldSettings) {
    this.#settings = settings;
  }

  async attach(plans: readonly RedisNodePlan[]): Promise<void> {
    await Promise.all(plans.map((plan) => this.#attach(plan)));
  }

  async detach(id: number): Promise<void> {
    this.#node(id).client.disconnect();
    this.#nodes.delete(id);
  }

  async subscribe(id: number, request: SubscribeRequest): Promise<void> {
    await subscribe(this.#node(id).client, request.kind, this.#settings.prefix + request.name);
  }

  async unsubscribe(id: number, { kind, name }: SubscribeRequest): Promise<void> {
    const { client } = this.#node(id);
    const full = this.#settings.prefix + name;
    if (kind === 'channel') await client.unsubscribe(full);
    else if (kind === 'pattern') await client.punsubscribe(full);
    else await client.sunsubscribe(full);
  }

  async redeploy(plans: readonly RedisNodePlan[]): Promise<void> {
    for (const { id } of plans) await this.detach(id);
    await this.attach(plans);
  }

  async publish(by: number | 'outsider', messages: readonly RedisPublication[]): Promise<void> {
    // With RESP2 a subscribed client can't publish.
    if (by === 'outsider' || this.#settings.protocol === 2) return outsiderPublishes(this.#settings, messages);
    await outsiderPublishes({ ...this.#settings, outsider: this.#node(by).client }, messages);
  }

  async outage(messages: readonly RedisPublication[]): Promise<void> {
    const nodes = [...this.#nodes.values()];
    for (const node of nodes) node.losses = 0;
    await cutOff(this.#settings, messages);
    for (const { client } of nodes.values()) {
      await waitFor(() => nodes.every(({ losses }) => losses > 0), 'private clients to be cut off');
      await waitFor(() => client.status === 'ready', 'private clients to come back');
      // ioredis has sent its SUBSCRIBEs on connecting: what comes after them is answered after them.
      await client.ping();
    }
  }

  async settle(): Promise<Map<number, RedisDelivery[]>> {
    const mark = String(++this.#barriers);
    await this.#settings.outsider.publish(barrierChannel(this.#settings.prefix), mark);
    const result = new Map<number, RedisDelivery[]>();
    for (const [id, node] of this.#nodes) {
      await waitFor(() => node.barrier === mark, `the barrier to arrive at the private client ${id}`);
      result.set(id, node.seen.splice(0));
    }
    return result;
  }

  async stop(): Promise<void> {
    for (const { client } of this.#nodes.values()) client.disconnect();
  }

  async #attach({ id, requests }: RedisNodePlan): Promise<void> {
    const { port, protocol, prefix } = this.#settings;
    const options = { port, protocol, connectionName: prefix, lazyConnect: true, retryStrategy: () => 10 };
    const client = new Redis({ host: '127.0.0.1', ...options });
    const node: PrivateNode = { client, seen: [], barrier: '', losses: 0 };
    client.on('error', () => {});
    client.on('close', () => {
      node.losses += 1;
    });
    const barrier = barrierChannel(prefix);
    client.on('message', (channel, payload) => {
      if (channel === barrier) node.barrier = payload;
      else node.seen.push(delivery(prefix, channel, payload));
    });
    client.on('pmessage', (pattern, channel, payload) => node.seen.push(delivery(prefix, channel, payload, pattern)));
    client.on('smessage', (channel, payload) => node.seen.push(delivery(prefix, channel, payload)));
    this.#nodes.set(id, node);
    await client.connect();
    await client.subscribe(barrier);
    for (const { kind, name } of requests) await subscribe(client, kind, prefix + name);
  }

  #node(id: number): PrivateNode {
    const node = this.#nodes.get(id);
    if (node === undefined) throw new Error(`node ${id} is not attached`);
    return node;
  }
}

async function subscribe(client: Redis, kind: SubscribeRequest['kind'], name: string): Promise<void> {
  if (kind === 'channel') await client.subscribe(name);
  else if (kind === 'pattern') await client.psubscribe(name);
  else await client.ssubscribe(name);
}
