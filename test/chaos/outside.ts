/** What sends to and observes Node-RED from outside: bare clients, straight at the servers. */
import type { Redis } from 'ioredis';
import type { Mosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import type { RedisServer } from '../support/redis-server';

const POP_PAUSE_MILLIS = 30;
const POP_COUNT = 500;

export class Outside {
  readonly redis: Redis;
  readonly #redisServer: RedisServer;
  readonly #mqtt: PrivateClient;
  #ended = false;

  private constructor(mqtt: PrivateClient, redisServer: RedisServer, redis: Redis) {
    this.#mqtt = mqtt;
    this.#redisServer = redisServer;
    this.redis = redis;
  }

  static async connect(broker: Mosquitto, redis: RedisServer): Promise<Outside> {
    return new Outside(await PrivateClient.connect(broker.url), redis, await redis.client());
  }

  publish(topic: string, payload: string): Promise<void> {
    return this.#mqtt.publish(topic, payload, { qos: 1 });
  }

  async subscribe(topic: string, received: (payload: string) => void): Promise<void> {
    this.#mqtt.client.on('message', (from, payload) => {
      if (from === topic) received(payload.toString());
    });
    await this.#mqtt.subscribe(topic, { qos: 2 });
  }

  async subscribeRedis(channel: string, received: (payload: string) => void): Promise<void> {
    const client = await this.#redisServer.client();
    client.on('message', (_channel: string, payload: string) => received(payload));
    await client.subscribe(channel);
  }

  /** Empties a list again and again. */
  async popAll(key: string, received: (payload: string) => void): Promise<void> {
    const client = await this.#redisServer.client();
    const pop = async (): Promise<void> => {
      while (!this.#ended) {
        for (const item of (await client.lpop(key, POP_COUNT)) ?? []) received(item);
        await new Promise((resolve) => setTimeout(resolve, POP_PAUSE_MILLIS));
      }
    };
    pop().catch((error: unknown) => {
      // The server goes first at the end.
      if (!this.#ended) throw error;
    });
  }

  /** What Node-RED is still subscribed to, in words: when all nodes have gone, nothing. */
  async subscriptions(): Promise<string[]> {
    const clients = await this.#redisServer.clients();
    const subscribed = clients.filter(({ sub = '0', psub = '0' }) => sub !== '0' || psub !== '0');
    return subscribed.map(
      ({ name = '', sub, psub }) => `the Redis client "${name}" has ${sub} and ${psub} subscriptions left`,
    );
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#mqtt.close();
  }
}
