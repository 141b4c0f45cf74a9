/** All nodes of a scenario through the pool, on one connection. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pool } from '../../src/core/pool';
import type { MqttSubscription } from '../../src/drivers/mqtt/session';
import { active, MqttNode } from './mqtt-node';
import type { NodePlan, PlannedMessage } from './oracle-scenario';
import {
  barrierTopic,
  type Delivery,
  delivery,
  NOWHERE,
  outsiderPublishes,
  type World,
  type WorldSettings,
} from './oracle-world';
import { reached } from './states';
import { startProxy, type TcpProxy } from './tcp-proxy';
import { waitFor } from './waiting';

interface Attached {
  readonly node: MqttNode;
  readonly subscription: MqttSubscription;
}

export class PooledWorld implements World {
  readonly #settings: WorldSettings;
  readonly #proxy: TcpProxy;
  readonly #pool: Pool;
  /** A node like the others that waits for the barriers. */
  readonly #watcher: MqttNode;
  readonly #nodes = new Map<number, Attached>();
  #barriers = 0;

  private constructor(settings: WorldSettings, proxy: TcpProxy, pool: Pool) {
    this.#settings = settings;
    this.#proxy = proxy;
    this.#pool = pool;
    this.#watcher = this.#newNode();
  }

  static async start(settings: WorldSettings): Promise<PooledWorld> {
    const pool = new Pool({ backoff: { initialMillis: 5, maximumMillis: 20 }, lingerMillis: 50 });
    const world = new PooledWorld(settings, await startProxy(settings.port), pool);
    await world.#watcher.subscribed(barrierTopic(settings.prefix), { qos: 2 });
    return world;
  }

  async attach(plans: readonly NodePlan[]): Promise<void> {
    const attached = plans.map((plan) => this.#attach(plan));
    for (const { subscription } of attached) await active(subscription);
  }

  async detach(id: number, how: 'unsubscribe' | 'leave'): Promise<void> {
    const { node, subscription } = this.#attached(id);
    if (how === 'unsubscribe') subscription.close();
    await node.release({ linger: true });
    this.#nodes.delete(id);
  }

  async redeploy(plans: readonly NodePlan[]): Promise<void> {
    const released = plans.map(({ id }) => this.#attached(id).node.release({ linger: true }));
    await this.attach(plans);
    await Promise.all(released);
  }

  async publish(by: number | 'outsider', messages: readonly PlannedMessage[]): Promise<void> {
    await this.#roundTrip();
    if (by === 'outsider') return outsiderPublishes(this.#settings, messages);
    const { node } = this.#attached(by);
    const sent = messages.map(({ topic, ...message }) =>
      node.publish({ topic: this.#settings.prefix + topic, ...message }),
    );
    await Promise.all([...sent, node.publish({ topic: NOWHERE, payload: '', qos: 1 })]);
  }

  async outage(messages: readonly PlannedMessage[]): Promise<void> {
    await this.#proxy.stop();
    await waitFor(() => this.#watcher.lease.state.kind !== 'connected', 'the pool to be cut off');
    await outsiderPublishes(this.#settings, messages);
    await this.#proxy.start();
    await reached(this.#watcher.lease, 'connected');
    for (const { subscription } of this.#nodes.values()) await active(subscription);
  }

  async settle(expected: ReadonlyMap<number, readonly Delivery[]> = new Map()): Promise<Map<number, Delivery[]>> {
    const { outsider, prefix } = this.#settings;
    const missing = () =>
      [...expected].some(([id, list]) => (this.#nodes.get(id)?.node.messages.length ?? 0) < list.length);
    // What is still missing then is told by the comparison, with the scenario.
    await waitFor(() => !missing(), 'what is expected').catch(() => undefined);
    await this.#roundTrip();
    const mark = String(++this.#barriers);
    await outsider.publish(barrierTopic(prefix), mark, { qos: 2 });
    await this.#watcher.got(mark);
    this.#watcher.messages.length = 0;
    const result = new Map<number, Delivery[]>();
    for (const [id, { node }] of this.#nodes) {
      const messages = node.messages.splice(0);
      result.set(
        id,
        messages.map((message) => delivery(prefix, { ...message, payload: message.payload.toString() })),
      );
    }
    return result;
  }

  /** Several connections would be a failure of the pool, whatever was delivered. */
  get connections(): number {
    return this.#pool.snapshot().connections.length;
  }

  async stop(): Promise<void> {
    await this.#pool.close();
    await this.#proxy.stop();
  }

  /** What the pool has to send goes out at the end of the turn; a round trip then shows that the broker has it. */
  async #roundTrip(): Promise<void> {
    await nextTurn();
    await nextTurn();
    await this.#watcher.publish({ topic: NOWHERE, payload: '', qos: 1 });
  }

  #attach({ id, filter, qos, retainAsPublished, retainHandling }: NodePlan): Attached {
    const node = this.#newNode();
    const options = this.#settings.version === 5 ? { retainAsPublished, retainHandling } : {};
    const subscription = node.subscribe(this.#settings.prefix + filter, { qos, ...options });
    const attached = { node, subscription };
    this.#nodes.set(id, attached);
    return attached;
  }

  #newNode(): MqttNode {
    return new MqttNode(this.#pool, { brokers: [this.#proxy.url], protocolVersion: this.#settings.version });
  }

  #attached(id: number): Attached {
    const attached = this.#nodes.get(id);
    if (attached === undefined) throw new Error(`node ${id} is not attached`);
    return attached;
  }
}
