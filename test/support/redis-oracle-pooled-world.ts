/** All nodes of a Redis scenario through the pool, on one connection. */
import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import type { RedisSubscription, SubscribeRequest } from '../../src/drivers/redis/subscribing';
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
import { active, RedisSubscriber, standalone } from './redis-subscriber';
import { nextLoss, reached } from './states';
import { waitFor } from './waiting';

interface Attached {
  readonly node: RedisSubscriber;
  readonly subscriptions: RedisSubscription[];
}

export class PooledRedisWorld implements RedisWorld {
  readonly #settings: RedisWorldSettings;
  readonly #pool = new Pool({ backoff: { initialMillis: 5, maximumMillis: 20 }, lingerMillis: 50 });
  /** A node like the others that waits for the barriers. */
  readonly #watcher: RedisSubscriber;
  readonly #nodes = new Map<number, Attached>();
  /** Nodes that have left: nothing may come to them. */
  readonly #gone: RedisSubscriber[] = [];
  #barriers = 0;

  private constructor(settings: RedisWorldSettings) {
    this.#settings = settings;
    this.#watcher = this.#newNode();
  }

  static async start(settings: RedisWorldSettings): Promise<PooledRedisWorld> {
    const world = new PooledRedisWorld(settings);
    await world.#watcher.subscribed(barrierChannel(settings.prefix));
    return world;
  }

  async attach(plans: readonly RedisNodePlan[]): Promise<void> {
    const attached = plans.map((plan) => this.#attach(plan));
    await this.#active(attached);
  }

  async detach(id: number): Promise<void> {
    const { node } = this.#attached(id);
    this.#nodes.delete(id);
    this.#gone.push(node);
    await node.release({ linger: true });
  }

  async subscribe(id: number, request: SubscribeRequest): Promise<void> {
    const { node, subscriptions } = this.#attached(id);
    subscriptions.push(await node.subscribed(this.#settings.prefix + request.name, request.kind));
  }

  async unsubscribe(id: number, { kind, name }: SubscribeRequest): Promise<void> {
    const { subscriptions } = this.#attached(id);
    const full = this.#settings.prefix + name;
    const index = subscriptions.findIndex(({ request }) => request.kind === kind && request.name === full);
    assert.notEqual(index, -1);
    for (const subscription of subscriptions.splice(index, 1)) subscription.close();
  }

  async redeploy(plans: readonly RedisNodePlan[]): Promise<void> {
    const detached = plans.map(({ id }) => this.detach(id));
    await this.attach(plans);
    await Promise.all(detached);
  }

  async publish(by: number | 'outsider', messages: readonly RedisPublication[]): Promise<void> {
    if (by === 'outsider') return outsiderPublishes(this.#settings, messages);
    const { node } = this.#attached(by);
    const { prefix } = this.#settings;
    await Promise.all(
      messages.map(({ command, channel, payload }) =>
        node.session.run({ name: command, args: [prefix + channel, payload] }),
      ),
    );
  }

  async outage(messages: readonly RedisPublication[]): Promise<void> {
    const { states, lease } = this.#watcher;
    const told = states.length;
    const loss = nextLoss(lease);
    await cutOff(this.#settings, messages);
    await loss;
    await reached(lease, 'connected');
    await waitFor(() => states.length > told && states.at(-1) === 'active', 'the pool to subscribe again');
    await this.#active(this.#nodes.values());
  }

  async settle(): Promise<Map<number, RedisDelivery[]>> {
    const { outsider, prefix } = this.#settings;
    const mark = String(++this.#barriers);
    await outsider.publish(barrierChannel(prefix), mark);
    await this.#watcher.got(mark);
    this.#watcher.messages.length = 0;
    for (const node of this.#gone) assert.deepEqual(node.seen, [], 'messages of a node that has left');
    const result = new Map<number, RedisDelivery[]>();
    for (const [id, { node }] of this.#nodes) {
      const messages = node.messages.splice(0);
      result.set(
        id,
        messages.map(({ channel, payload, pattern }) => delivery(prefix, channel, payload.toString(), pattern)),
      );
    }
    return result;
  }

  /** Sockets that the pool has open; more than two would be a failure, whatever was delivered. */
  get sockets(): number {
    const { connections } = this.#pool.snapshot();
    assert.equal(connections.length, 1, 'connections');
    return Number(connections[0]?.details?.sockets);
  }

  async stop(): Promise<void> {
    await this.#pool.close();
  }

  #attach({ id, requests }: RedisNodePlan): Attached {
    const node = this.#newNode();
    const { prefix } = this.#settings;
    const subscriptions = requests.map(({ kind, name }) => node.subscribe(prefix + name, kind));
    const attached = { node, subscriptions };
    this.#nodes.set(id, attached);
    return attached;
  }

  async #active(nodes: Iterable<Attached>): Promise<void> {
    for (const { subscriptions } of nodes) for (const subscription of subscriptions) await active(subscription);
  }

  #newNode(): RedisSubscriber {
    const { port, protocol, prefix } = this.#settings;
    return new RedisSubscriber(this.#pool, standalone(port, { protocol, connectionName: prefix }));
  }

  #attached(id: number): Attached {
    const attached = this.#nodes.get(id);
    if (attached === undefined) throw new Error(`node ${id} is not attached`);
    return attached;
  }
}
