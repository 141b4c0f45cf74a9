/**
 * Readers for flow JSON: numbers and booleans may be strings there, an empty string means "not set", and an
 * environment variable may have put anything in. What can't work is an error that names the field as the dialog and as
 * flow JSON call it, never its value.
 */
import { PoolError } from '../core/errors';
import { t } from '../core/wording';
import { settingName } from './labels';

/** The properties of a node in flow JSON. */
export type Settings = Readonly<Record<string, unknown>>;

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

type SettingsPlace = 'connection profile' | 'EdgeX profile' | 'node';

const MESSAGES: Readonly<Record<SettingsPlace, (field: string, expected: string) => string>> = {
  'connection profile': (field, expected) => t`"${field}" must be ${expected}; correct it in the connection profile.`,
  'EdgeX profile': (field, expected) => t`"${field}" must be ${expected}; correct it in the EdgeX profile.`,
  node: (field, expected) => t`"${field}" must be ${expected}; correct it in the node.`,
};

/** Readers that check, for the settings of one kind of profile or node. */
export class CheckedReaders {
  readonly #code: string;
  readonly #place: SettingsPlace;
  readonly #types: readonly string[];

  /**
   * @param code of the errors they throw
   * @param place where the settings are to be corrected
   * @param types of the nodes, whose dialogs have labels for the fields
   */
  constructor(code: string, place: SettingsPlace, ...types: readonly string[]) {
    this.#code = code;
    this.#place = place;
    this.#types = types;
  }

  /** The error for a field that can't be as it is. */
  invalid(field: string, expected: string): PoolError {
    const detail = { setting: field, fault: t`must be ${expected}`, statement: t`"${field}" must be ${expected}.` };
    return new PoolError(this.#code, MESSAGES[this.#place](settingName(field, this.#types), expected), {
      kind: 'refused',
      detail,
    });
  }

  /** @throws PoolError when it is set, but not to a number from `minimum` to `maximum` */
  number(settings: Settings, field: string, minimum: number, maximum: number): number | undefined {
    const value = settings[field];
    if (isUnset(value)) return undefined;
    const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
    if (number >= minimum && number <= maximum) return number;
    throw this.invalid(field, t`a number from ${minimum} to ${maximum}`);
  }

  /** @throws PoolError when it is set, but not to a whole number from `minimum` to `maximum` */
  integer(settings: Settings, field: string, minimum: number, maximum: number): number | undefined {
    const number = this.number(settings, field, minimum, maximum);
    if (number === undefined || Number.isInteger(number)) return number;
    throw this.invalid(field, t`a whole number from ${minimum} to ${maximum}`);
  }

  /** Seconds, fractions too, as milliseconds. @throws PoolError when it is set, but not to a number in these bounds */
  seconds(settings: Settings, field: string, minimum: number, maximum: number): number | undefined {
    const seconds = this.number(settings, field, minimum, maximum);
    return seconds === undefined ? undefined : Math.round(seconds * 1000);
  }

  /** An object, or JSON text of one. `name` is how the error calls the field. */
  object(settings: Settings, field: string, name = field): Settings | undefined {
    const value = settings[field];
    if (isUnset(value)) return undefined;
    const parsed = typeof value === 'string' ? parseJson(value) : value;
    if (isPlainObject(parsed)) return parsed;
    throw this.invalid(name, t`a JSON object such as {"name": "value"}`);
  }

  /** One of several words; undefined when it is not set. @throws PoolError when it is another one */
  word<Word extends string>(settings: Settings, field: string, words: readonly Word[]): Word | undefined {
    const value = readText(settings, field);
    if (value === '') return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const quoted = words.map((word) => `"${word}"`);
    throw this.invalid(field, t`${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`);
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

/** A credential; undefined when none was entered. */
export function credentialText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
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
