/** The oracle's yardstick: one bare mqtt.js client per node. */
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
import { PrivateClient } from './private-client';
import { startProxy, type TcpProxy } from './tcp-proxy';
import { waitFor } from './waiting';

export class PrivateWorld implements World {
  readonly #settings: WorldSettings;
  readonly #proxy: TcpProxy;
  readonly #clients = new Map<number, PrivateClient>();
  readonly #filters = new Map<number, string>();
  #barriers = 0;

  private constructor(settings: WorldSettings, proxy: TcpProxy) {
    this.#settings = settings;
    this.#proxy = proxy;
  }

  static async start(settings: WorldSettings): Promise<PrivateWorld> {
    return new PrivateWorld(settings, await startProxy(settings.port));
  }

  async attach(plans: readonly NodePlan[]): Promise<void> {
    await Promise.all(plans.map((plan) => this.#attach(plan)));
  }

  async detach(id: number, how: 'unsubscribe' | 'leave'): Promise<void> {
    const client = this.#client(id);
    if (how === 'unsubscribe') await client.unsubscribe(this.#filters.get(id) ?? '');
    await client.close();
    this.#clients.delete(id);
  }

  async redeploy(plans: readonly NodePlan[]): Promise<void> {
    for (const { id } of plans) await this.detach(id, 'leave');
    await this.attach(plans);
  }

  async publish(by: number | 'outsider', messages: readonly PlannedMessage[]): Promise<void> {
    if (by === 'outsider') return outsiderPublishes(this.#settings, messages);
    const client = this.#client(by);
    const sent = messages.map(({ topic, payload, qos, retain }) =>
      client.publish(this.#settings.prefix + topic, payload, { qos, retain }),
    );
    await Promise.all([...sent, client.publish(NOWHERE, '', { qos: 1 })]);
  }

  async outage(messages: readonly PlannedMessage[]): Promise<void> {
    const clients = [...this.#clients.values()];
    await this.#proxy.stop();
    await waitFor(() => clients.every(({ client }) => !client.connected), 'private clients to be cut off');
    await outsiderPublishes(this.#settings, messages);
    await this.#proxy.start();
    await waitFor(() => clients.every(({ client }) => client.connected), 'private clients to come back');
    // mqtt.js has sent its SUBSCRIBEs on connecting: what comes after them comes after their answers.
    await Promise.all(clients.map((client) => client.publish(NOWHERE, '', { qos: 1 })));
  }

  async settle(): Promise<Map<number, Delivery[]>> {
    const { outsider, prefix } = this.#settings;
    const barrier = barrierTopic(prefix);
    const mark = String(++this.#barriers);
    await outsider.publish(barrier, mark, { qos: 2 });
    const result = new Map<number, Delivery[]>();
    for (const [id, client] of this.#clients) {
      await client.got(({ topic, payload }) => topic === barrier && payload === mark);
      const messages = client.seen.splice(0).filter(({ topic }) => topic !== barrier);
      result.set(
        id,
        messages.map((message) => delivery(prefix, message)),
      );
    }
    return result;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) await client.close();
    await this.#proxy.stop();
  }

  async #attach({ id, filter, qos, retainAsPublished, retainHandling }: NodePlan): Promise<void> {
    const { version, prefix } = this.#settings;
    const client = await PrivateClient.connect(this.#proxy.url, { protocolVersion: version, reconnectPeriod: 10 });
    this.#clients.set(id, client);
    this.#filters.set(id, prefix + filter);
    await client.subscribe(barrierTopic(prefix), { qos: 2 });
    await client.subscribe(prefix + filter, {
      qos,
      ...(version === 5 ? { rap: retainAsPublished, rh: retainHandling } : {}),
    });
  }

  #client(id: number): PrivateClient {
    const client = this.#clients.get(id);
    if (client === undefined) throw new Error(`node ${id} is not attached`);
    return client;
  }
}
