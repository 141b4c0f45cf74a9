/**
 * Readers for flow JSON: numbers and booleans may be strings there, an empty string means "not set", and an
 * environment variable may have put anything in. What can't work is an error that names the field, never its value.
 */
import { PoolError } from '../core/errors';

/** The properties of a node in flow JSON. */
export type Settings = Readonly<Record<string, unknown>>;

export function invalidSetting(field: string, expected: string): PoolError {
  const message = `"${field}" must be ${expected}; correct it in the connection profile.`;
  return new PoolError('MQTT_INVALID_PROFILE', message, { kind: 'refused' });
}

/** Text, trimmed; numbers as text; everything else as not set. */
export function readText(settings: Settings, field: string): string {
  const value = settings[field];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

export function readBoolean(settings: Settings, field: string, fallback: boolean): boolean {
  const value = settings[field];
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return fallback;
}

/** @throws PoolError when it is set, but not to a number from `minimum` to `maximum` */
export function readNumber(settings: Settings, field: string, minimum: number, maximum: number): number | undefined {
  const value = settings[field];
  if (isUnset(value)) return undefined;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  if (number >= minimum && number <= maximum) return number;
  throw invalidSetting(field, `a number from ${minimum} to ${maximum}`);
}

/** @throws PoolError when it is set, but not to a whole number from `minimum` to `maximum` */
export function readInteger(settings: Settings, field: string, minimum: number, maximum: number): number | undefined {
  const number = readNumber(settings, field, minimum, maximum);
  if (number === undefined || Number.isInteger(number)) return number;
  throw invalidSetting(field, `a whole number from ${minimum} to ${maximum}`);
}

/** An object, or JSON text of one. `name` is how the error calls the field. */
export function readObject(settings: Settings, field: string, name = field): Settings | undefined {
  const value = settings[field];
  if (isUnset(value)) return undefined;
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (isPlainObject(parsed)) return parsed;
  throw invalidSetting(name, 'a JSON object such as {"name": "value"}');
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/** The same object without the properties that are undefined. */
export function defined<T extends object>(properties: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** The parsed value; undefined when it isn't JSON, which is what the caller reports. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
