/** The fields of a hash or a stream entry, and their values, from the properties of an object. */
import { types } from 'node:util';
import { PoolError } from '../../core/errors';
import type { RedisArgument } from '../../drivers/redis/session';
import { encodeValue, kindOf, type WrittenAs } from '../redis-payload';
import { isPlainObject } from '../settings-readers';
import type { FieldMapping } from './sink-settings';
import { t } from '../../core/wording';

/**
 * Fields and values, alternating, as HSET and XADD take them. Properties that are undefined are left out.
 *
 * @param mapping the fields to take; all properties if empty
 * @throws PoolError `REDIS_INVALID_PAYLOAD`, naming the field whose value can't be written
 */
export function toFieldValues(
  value: unknown,
  mapping: readonly FieldMapping[],
  format: WrittenAs,
): readonly RedisArgument[] {
  if (!isPlainObject(value) || types.isMap(value) || types.isSet(value) || ArrayBuffer.isView(value)) {
    const message = t`Without a field, the value must be an object with a property for each field, not ${kindOf(value)}.`;
    throw new PoolError('REDIS_INVALID_PAYLOAD', message);
  }
  const entries: [string, unknown][] =
    mapping.length === 0
      ? Object.entries(value)
      : mapping.map(({ field, property }) => [field, propertyOf(value, property)]);
  const args = entries
    .filter(([, one]) => one !== undefined)
    .flatMap(([field, one]) => [field, encodeField(field, one, format)]);
  if (args.length > 0) return args;
  throw new PoolError('REDIS_INVALID_PAYLOAD', t`The value has none of the properties that become fields.`);
}

function encodeField(field: string, value: unknown, format: WrittenAs): string | Buffer {
  try {
    return encodeValue(value, format);
  } catch (thrown) {
    const error = PoolError.from(thrown);
    throw new PoolError(error.code, t`Field "${field}": ${error.message}`, { cause: error });
  }
}

/** A property by its path, such as `position.x`; a name with dots in it is found too. */
function propertyOf(value: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(value, path)) return value[path];
  let found: unknown = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}
