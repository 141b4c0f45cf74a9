/** A named profile as it may be shown to people: as it is written, without anything secret. */
import type { Overrides } from './environment';
import { type Located, type Place, plainValue } from './located';
import { isPlainObject } from '../settings-readers';
import { PROFILE_TYPES } from './profile-types';
import type { RawEntry } from './raw-entries';

/** Stands for a secret. In a definition that is put, it means: the one that is there already. */
export const MASK = '********';

export interface OverrideView {
  readonly variable: string;
  /** In the case of the variable. */
  readonly property: string;
  /** Masked, if it is secret. */
  readonly value: unknown;
}

export interface NamedProfileView {
  readonly id: string;
  /** As it is written: `mqtt`, `redis`, … */
  readonly type: string;
  /** What a profile node must be of to use it, if that is another type; EdgeX buses are MQTT or Redis. */
  readonly serves?: string;
  /** As they are written, with secrets masked. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Properties that variables of the environment set in place of what is written; only if there are any. */
  readonly overrides?: readonly OverrideView[];
  readonly place: Place;
  /** Whether it stands in the file that the API writes. */
  readonly managed: boolean;
  /** Why it can't be used, if it can't. */
  readonly problem?: string;
}

/** What belongs to nodes here and is ignored, but often has tokens in it. */
const SECRETS_OF_NODES: ReadonlySet<string> = new Set(['headers', 'body', 'formdata']);

export function shownProperties({ type, properties }: RawEntry): Record<string, unknown> {
  return Object.fromEntries([...properties].map(([name, located]) => [name, shownValue(type, name, located)]));
}

export function shownOverrides({ type }: RawEntry, overrides: Overrides): OverrideView[] {
  return [...overrides].map(([property, { value, variable }]) => {
    return { variable, property, value: shownValue(type, property, { place: { file: variable }, scalar: value }) };
  });
}

/** What is not known may be a secret, too; the path of a file that holds one is none. */
export function isSecret(type: string, name: string): boolean {
  const key = name.toLowerCase();
  const { properties, unused } = PROFILE_TYPES.get(type) ?? {};
  const spec = properties?.get(key);
  if (spec) return spec.secret ?? false;
  if (SECRETS_OF_NODES.has(key)) return true;
  return !(unused?.has(key) || (key.endsWith('file') && properties?.has(key.slice(0, -'file'.length))));
}

/** Whether a value is shown with something masked in it. */
export function holdsMask(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(MASK);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsMask);
}

export function shownValue(type: string, name: string, located: Located): unknown {
  if (isSecret(type, name)) return located.scalar === null ? null : MASK;
  return withoutSecrets(plainValue(located));
}

/** Within a map, such as a will and its properties. */
const SECRET_NAMES = /pass|secret|token|credential|auth|(api|private|access)[-_ ]?key|^user-?prop/i;

/** Addresses without user name, password and query; maps without what their names say to be secret. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (isPlainObject(value)) {
    const entries = Object.entries(value).map(([name, item]) => {
      return [name, SECRET_NAMES.test(name) && item !== null ? MASK : withoutSecrets(item)] as const;
    });
    return Object.fromEntries(entries);
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(/:\/\/[^/?#\s]*@/g, `://${MASK}@`).replaceAll(/[^,\s]+/g, withoutRest);
}

/** Also of what is almost an address: without a scheme, or with a password that would have to be encoded. */
function withoutRest(address: string): string {
  if (!address.includes('://')) return address.replace(/^[^/?#@]*:.*@/, `${MASK}@`);
  const whole = URL.canParse(address) ? address : address.replace(/:\/\/.*@/, `://${MASK}@`);
  return whole.replace(/\?[^#]+/, `?${MASK}`);
}
