/** The connection types that can be named in profile files. A new type is one more row here. */
import { edgexType } from './edgex-type';
import { httpType } from './http-type';
import { mqttType } from './mqtt-type';
import type { NamedProfileType } from './profile-type';
import { redisType } from './redis-type';

export const PROFILE_TYPES: ReadonlyMap<string, NamedProfileType> = new Map(
  [mqttType, redisType, httpType, edgexType].map((one) => [one.type, one]),
);

export const TYPE_NAMES: readonly string[] = [...PROFILE_TYPES.keys()];
