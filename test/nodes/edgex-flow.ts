/** Flow nodes and servers for the tests of the EdgeX nodes. */
import type { Redis } from 'ioredis';
import { decodeMessage } from '../../src/edgex/envelope';
import type { EdgexMessage } from '../../src/edgex/types';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
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

export interface Bus {
  readonly profile: FlowNode;
  /** Publishes bytes as another service would. */
  publish(topic: string, bytes: Buffer | string): Promise<void>;
  /** The messages published to topics of a prefix, as another service sees them. */
  listen(prefix: string): Promise<{ readonly topic: string; readonly message: EdgexMessage }[]>;
}

/** Both buses, each with a server of its own, for tests that have to hold on both. */
export const BUSES = {
  mqtt: async (teardown: Teardown): Promise<Bus> => {
    const broker = teardown.stopLater(await startMosquitto());
    const { connectAsync } = await import('mqtt');
    const client = await connectAsync(broker.url);
    teardown.defer(() => client.endAsync(true));
    return {
      profile: profile(broker.port),
      publish: async (topic, bytes) => {
        await client.publishAsync(topic, bytes, { qos: 1 });
      },
      listen: async (prefix) => {
        const seen: { topic: string; message: EdgexMessage }[] = [];
        client.on('message', (topic, bytes) => {
          if (topic.startsWith(prefix)) seen.push({ topic, message: decodeMessage(bytes) });
        });
        await client.subscribeAsync(`${prefix}/#`);
        return seen;
      },
    };
  },
  redis: async (teardown: Teardown): Promise<Bus> => {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    return {
      profile: redisProfile(server.port),
      publish: async (topic, bytes) => {
        await client.publish(topic.replaceAll('/', '.'), bytes);
      },
      listen: async (prefix) => {
        const seen: { topic: string; message: EdgexMessage }[] = [];
        const listener: Redis = await server.client();
        listener.on('pmessageBuffer', (_pattern: Buffer, channel: Buffer, bytes: Buffer) => {
          seen.push({ topic: channel.toString().replaceAll('.', '/'), message: decodeMessage(bytes) });
        });
        await listener.psubscribe(`${prefix.replaceAll('/', '.')}.*`);
        return seen;
      },
    };
  },
} as const;
