/** Flow nodes and servers for the tests of the EdgeX nodes. */
import { connectAsync } from 'mqtt';
import type { NodeMessageInFlow } from 'node-red';
import { decodeMessage } from '../../src/edgex/envelope';
import type { EdgexMessage } from '../../src/edgex/types';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { type RedisServer, startRedis } from '../support/redis-server';
import type { Teardown } from '../support/teardown';
import { type FlowNode, PLACE, profile, redisProfile } from './node-red';

/** An EdgeX profile `edgex` on the MQTT or Redis profile `profile`. */
export function edgexProfile(bus: 'mqtt' | 'redis', properties: Record<string, unknown> = {}): FlowNode {
  return { id: 'edgex', type: 'pool-edgex-profile', bus, [`${bus}Profile`]: 'profile', ...properties };
}

/** An EdgeX node that is wired to the recorder `got`; its id is its kind. */
export function edgexNode(kind: 'source' | 'sink' | 'command', properties: Record<string, unknown> = {}): FlowNode {
  return { id: kind, type: `pool-edgex-${kind}`, ...PLACE, profile: 'edgex', wires: [['got']], ...properties };
}

export interface BusMessage {
  readonly topic: string;
  readonly message: EdgexMessage;
}

export interface Bus {
  readonly profile: FlowNode;
  /** Publishes bytes as another service would. */
  publish(topic: string, bytes: Buffer | string): Promise<void>;
  /** The messages published below a topic, as another service sees them. */
  listen(prefix: string, onMessage?: (message: BusMessage) => void): Promise<BusMessage[]>;
  readonly port: number;
}

/** Both buses, each with a server of its own, for tests that have to hold on both. */
export const BUSES = { mqtt: startMqttBus, redis: startRedisBus } as const;

async function startMqttBus(teardown: Teardown): Promise<Bus & { readonly broker: Mosquitto }> {
  const broker = teardown.stopLater(await startMosquitto());
  const client = await connectAsync(broker.url, { clientId: 'the-test' });
  teardown.defer(() => client.endAsync(true));
  return {
    broker,
    profile: profile(broker.port),
    publish: async (topic, bytes) => {
      await client.publishAsync(topic, bytes, { qos: 1 });
    },
    listen: async (prefix, onMessage) => {
      const seen: BusMessage[] = [];
      client.on('message', (topic, bytes) => {
        if (topic.startsWith(`${prefix}/`)) record(seen, { topic, message: decodeMessage(bytes) }, onMessage);
      });
      await client.subscribeAsync(`${prefix}/#`);
      return seen;
    },
    port: broker.port,
  };
}

async function startRedisBus(teardown: Teardown): Promise<Bus & { readonly server: RedisServer }> {
  const server = teardown.stopLater(await startRedis());
  const client = await server.client();
  return {
    server,
    profile: redisProfile(server.port),
    publish: async (topic, bytes) => {
      await client.publish(topic.replaceAll('/', '.'), bytes);
    },
    listen: async (prefix, onMessage) => {
      const seen: BusMessage[] = [];
      const listener = await server.client();
      listener.on('pmessageBuffer', (_pattern: Buffer, channel: Buffer, bytes: Buffer) => {
        const topic = channel.toString().replaceAll('.', '/');
        record(seen, { topic, message: decodeMessage(bytes) }, onMessage);
      });
      await listener.psubscribe(`${prefix.replaceAll('/', '.')}.*`);
      return seen;
    },
    port: server.port,
  };
}

function record(seen: BusMessage[], message: BusMessage, onMessage?: (message: BusMessage) => void): void {
  seen.push(message);
  onMessage?.(message);
}

export interface EventMeta {
  readonly id?: string;
  readonly origin?: unknown;
  readonly messageType?: string;
  readonly requestId?: string;
  readonly reading?: Readonly<Record<string, unknown>>;
  readonly readings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** `msg.meta` as an EdgeX source sends it. */
export function metaOf(message: NodeMessageInFlow | undefined): EventMeta {
  return (message?.['meta'] ?? {}) as EventMeta;
}
