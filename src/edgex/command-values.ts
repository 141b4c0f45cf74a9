/**
 * Values for a write command as device services read them. Their SDK prints each value and parses the text again
 * (createCommandValueFromDeviceResource of device-sdk-go), so that a number as JSON has it, a float there, would arrive as
 * `1e+06` and an array as `[1 2]`. Texts arrive as they are, in all versions.
 */
import { PoolError } from '../core/errors';
import { edgexError, quoted, typeName } from './fault';
import { asBuffer, isPlainObject, type PlainObject, setOwn } from './plain';
import { writeExactJson } from './write-exact-json';
import { clause, t } from '../core/wording';

/**
 * Values by resource: all as text, but for objects and arrays of objects.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE`
 */
export function commandValues(values: unknown): PlainObject {
  if (!isPlainObject(values))
    throw edgexError(
      'EDGEX_INVALID_VALUE',
      t`A write command needs an object of values by resource: this is ${typeName(values)}.`,
    );
  const texts: PlainObject = {};
  for (const [resource, value] of Object.entries(values)) {
    if (value !== undefined) setOwn(texts, resource, commandValue(value, resource));
  }
  return texts;
}

function commandValue(value: unknown, resource: string): unknown {
  if (value === null || typeof value === 'string') return value;
  const bytes = asBuffer(value);
  if (bytes) return bytes.toString('base64');
  const isArray = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  const items: readonly unknown[] = isArray ? Array.from(value as ArrayLike<unknown>) : [];
  if (isPlainObject(value) || items.some((item) => isPlainObject(item) || Array.isArray(item))) return value;
  const text = textOf(isArray ? items : value, resource);
  if (text === undefined)
    throw edgexError(
      'EDGEX_INVALID_VALUE',
      t`Invalid value of resource ${quoted(resource)}: ${typeName(value)} is no data.`,
    );
  return value instanceof Date ? value.toJSON() : text;
}

function textOf(value: unknown, resource: string): string | undefined {
  try {
    return writeExactJson(value);
  } catch (thrown) {
    const { detail, message } = PoolError.from(thrown);
    const why = detail?.fault ?? clause(message);
    throw edgexError('EDGEX_INVALID_VALUE', t`Invalid value of resource ${quoted(resource)}: ${why}.`);
  }
}
