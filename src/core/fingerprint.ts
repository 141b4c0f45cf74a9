/** Equal settings, equal key: the hash of a normalised profile, whatever the order of its properties. */
import { createHmac } from 'node:crypto';

/** A text form in which equal values are equal: sorted properties, buffers by content, undefined left out. */
export function canonicalText(value: unknown): string {
  if (Buffer.isBuffer(value)) return `buffer:${value.toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map((item) => canonicalText(item)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonicalText(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? String(value);
}

/**
 * The key of a connection: type, colon, 32 hexadecimal digits. The hash is keyed with a secret of the pool, so that a
 * key seen in a log or snapshot can't be used to guess a password.
 */
export function connectionKey(type: string, profile: unknown, secret: Buffer): string {
  return `${type}:${createHmac('sha256', secret).update(canonicalText(profile)).digest('hex').slice(0, 32)}`;
}
