/** One bare mqtt.js client that records what it got: what each node would see with a connection of its own. */
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { waitFor } from './waiting';

export interface SeenMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

export interface PrivateSubscribeOptions {
  readonly qos?: 0 | 1 | 2;
  readonly nl?: boolean;
  readonly rap?: boolean;
  readonly rh?: 0 | 1 | 2;
}

let clients = 0;

export class PrivateClient {
  readonly client: MqttClient;
  readonly seen: SeenMessage[] = [];

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, packet) => {
      this.seen.push({ topic, payload: payload.toString(), qos: packet.qos, retain: packet.retain });
    });
    // A broken connection shows in `connected`; without a listener the event would end the process.
    client.on('error', () => undefined);
  }

  /** Connects; settles when connected. */
  static async connect(url: string, options: IClientOptions = {}): Promise<PrivateClient> {
    const clientId = `private-${process.pid}-${++clients}`;
    return new PrivateClient(await connectAsync(url, { protocolVersion: 4, clientId, reconnectPeriod: 0, ...options }));
  }

  async subscribe(filter: string, options: PrivateSubscribeOptions = {}): Promise<void> {
    await this.client.subscribeAsync(filter, { ...options, qos: options.qos ?? 0 });
  }

  async unsubscribe(filter: string): Promise<void> {
    await this.client.unsubscribeAsync(filter);
  }

  async publish(
    topic: string,
    payload: string | Buffer,
    options: { qos?: 0 | 1 | 2; retain?: boolean } = {},
  ): Promise<void> {
    await this.client.publishAsync(topic, payload, options);
  }

  /** Waits until this client has got `count` messages, or one that fits `condition`. */
  async got(condition: number | ((message: SeenMessage) => boolean), deadlineMillis?: number): Promise<void> {
    await waitFor(
      () => (typeof condition === 'number' ? this.seen.length >= condition : this.seen.some(condition)),
      () => `messages at a private client; it has ${JSON.stringify(this.seen.slice(-10))}`,
      deadlineMillis,
    );
  }

  /** Payloads got so far, in order. */
  get payloads(): string[] {
    return this.seen.map(({ payload }) => payload);
  }

  async close(): Promise<void> {
    await this.client.endAsync(true);
  }
}
