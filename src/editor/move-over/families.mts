/** The packages whose nodes can be moved over: their types, and what each becomes. */
import type { Converted, FlowNode } from './flow-json.mjs';
import { toMqttSink, toMqttSource } from './mqtt-nodes.mjs';
import { toMqttProfile } from './mqtt-profile.mjs';
import { toNothing, toRedisCommand, toRedisScript, toRedisSink, toRedisSource } from './redis-nodes.mjs';
import { toRedisProfile } from './redis-profile.mjs';

export interface Family {
  readonly name: 'mqtt' | 'redis';
  /** The type of its configuration nodes, and the property of its nodes that names one. */
  readonly configType: string;
  readonly configProperty: string;
  readonly toProfile: (config: FlowNode, exists: (id: string) => boolean) => Converted;
  /** By type. */
  readonly toNode: Readonly<Record<string, (node: FlowNode) => Converted>>;
}

export const mqttFamily: Family = {
  name: 'mqtt',
  configType: 'mqtt-broker',
  configProperty: 'broker',
  toProfile: toMqttProfile,
  toNode: { 'mqtt in': toMqttSource, 'mqtt out': toMqttSink },
};

export const redisFamily: Family = {
  name: 'redis',
  configType: 'redis-config',
  configProperty: 'server',
  toProfile: toRedisProfile,
  toNode: {
    'redis-in': toRedisSource,
    'redis-out': toRedisSink,
    'redis-command': toRedisCommand,
    'redis-lua-script': toRedisScript,
    'redis-instance': toNothing,
  },
};
