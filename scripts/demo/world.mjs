/** All that is seen of the demo while it runs: by the broker, by redis-server, at the nodes and in the pool. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../lib/run.mjs';
import { Measurement } from './measure.mjs';
import { EdgexMeasurement } from './measure-edgex.mjs';
import { RedisMeasurement } from './measure-redis.mjs';
import { group, stream } from './redis-flow.mjs';
import { Statuses } from './statuses.mjs';

const sampleMillis = 200;

export class DemoWorld {
  #statuses;
  #pool;
  #timer;
  /** Entries the group has got and not acknowledged. */
  #pending = 0;
  #redisPeak = 0;

  /**
   * @param RED the embedded Node-RED, without flows yet
   * @param {import('./broker.mjs').DemoBroker} broker
   * @param {import('./redis.mjs').DemoRedis | undefined} redis
   */
  constructor(RED, broker, redis) {
    this.broker = broker;
    this.redis = redis;
    this.mqtt = new Measurement(RED);
    this.stream = new RedisMeasurement(RED);
    this.edgex = new EdgexMeasurement(RED);
    this.#statuses = new Statuses(RED);
    this.#pool = createRequire(import.meta.url)(join(root, 'dist', 'src', 'index.js')).getPool();
    if (redis) this.#timer = setInterval(() => void this.#sample().catch(() => {}), sampleMillis).unref();
  }

  get nodes() {
    return this.mqtt.nodes + this.stream.nodes + this.edgex.nodes;
  }

  get profiles() {
    return this.mqtt.profiles + this.stream.profiles + this.edgex.profiles;
  }

  /** How many of the flow nodes show a green status. */
  get green() {
    return this.#statuses.green;
  }

  /** Redis connections of the pool. */
  get redisConnections() {
    return this.#pool.snapshot().connections.filter(({ type }) => type === 'redis').length;
  }

  /** All flow nodes say so, and the broker has seen the last of their subscriptions. */
  get isConnected() {
    return this.nodes > 0 && this.green >= this.nodes && Date.now() - this.broker.lastSubscribe > 300;
  }

  get isDisconnected() {
    const overRedis = this.redis === undefined || this.redis.ended ? 0 : this.redis.sockets;
    return this.broker.connections === 0 && overRedis === 0;
  }

  /** Changes as long as messages move. */
  get progress() {
    return [this.mqtt.handed, this.broker.sent, this.mqtt.received, this.stream.received, this.edgex.received].join(
      ' ',
    );
  }

  /** Is all that was sent where it belongs? */
  get isComplete() {
    const arrived = this.broker.sent === this.mqtt.handed && this.mqtt.lost === 0;
    return arrived && this.edgex.lost === 0 && this.stream.lost === 0 && this.#pending === 0;
  }

  figures() {
    const { broker, redis, mqtt, stream: entries, edgex } = this;
    return {
      nodes: mqtt.nodes,
      profiles: mqtt.profiles,
      connections: broker.peak,
      sent: broker.sent,
      received: mqtt.received,
      lost: mqtt.lost,
      edgex: {
        nodes: edgex.nodes,
        profiles: edgex.profiles,
        sent: edgex.sent,
        received: edgex.received,
        lost: edgex.lost,
      },
      ...(redis && {
        connectionsInAll: broker.peak + this.#redisPeak,
        redis: {
          nodes: entries.nodes,
          profiles: entries.profiles,
          connections: this.#redisPeak,
          sockets: redis.peak,
          sent: entries.sent,
          received: entries.received,
          lost: entries.lost,
        },
      }),
    };
  }

  /** What went wrong, seen from the end. */
  problem() {
    const { broker, redis, mqtt, stream: entries, edgex } = this;
    if (redis?.ended) return 'redis-server ended before the demo did.';
    if (broker.connections > 0) return `${broker.connections} connections were still open after the flows had stopped.`;
    if (broker.wills > 0) return `${broker.wills} wills were published: a connection ended without saying good-bye.`;
    if (mqtt.duplicates > 0) return `${mqtt.duplicates} messages were shown twice.`;
    if (mqtt.lost !== 0) return `${mqtt.lost} messages were lost.`;
    if (edgex.duplicates > 0) return `${edgex.duplicates} events of EdgeX were shown twice.`;
    if (edgex.lost !== 0) return `${edgex.lost} events of EdgeX were lost.`;
    if (redis && redis.sockets > 0) return `${redis.sockets} sockets to Redis were still open.`;
    if (entries.duplicates > 0) return `${entries.duplicates} entries of the stream were shown twice.`;
    if (entries.lost !== 0) return `${entries.lost} entries of the stream were lost.`;
    if (this.#pending > 0) return `${this.#pending} entries of the stream were not acknowledged.`;
    return undefined;
  }

  async stop() {
    clearInterval(this.#timer);
    await this.broker.stop();
    await this.redis?.stop();
  }

  async #sample() {
    this.#redisPeak = Math.max(this.#redisPeak, this.redisConnections);
    await this.redis.count();
    this.#pending = await this.redis.pending(stream, group);
  }
}
