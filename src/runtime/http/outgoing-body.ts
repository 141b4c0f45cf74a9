/** What a request carries: the value of the body in the format that was chosen, or that its kind suggests. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PoolError } from '../../core/errors';
import { isPlainObject } from '../settings-readers';
import { jsonOf, textOf } from './body-text';
import { filesOf, multipart, partsOf } from './multipart';
import { t } from '../../core/wording';

/** `auto` as the core node: text and bytes as they are, everything else as JSON. */
export const BODY_FORMATS = ['auto', 'json', 'text', 'form', 'multipart', 'binary'] as const;
export type BodyFormat = (typeof BODY_FORMATS)[number];

/** Whether a method carries no body. */
export function isBodiless(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

export interface OutgoingBody {
  readonly body: string | Buffer;
  /** Undefined: none is known. */
  readonly contentType: string | undefined;
  /** Whether it has to be said, in the place of what a header says. */
  readonly binding?: boolean;
}

const FORM = 'application/x-www-form-urlencoded';
const compressed = promisify(gzip);

/**
 * @param contentType what a header says, for `auto`
 * @param files further parts of a multipart body
 * @returns undefined for no body
 * @throws PoolError `HTTP_INVALID_BODY`
 */
export function toBody(
  value: unknown,
  format: BodyFormat,
  contentType: string | undefined,
  files: unknown,
): OutgoingBody | undefined {
  const chosen = format === 'auto' ? detect(value, contentType) : format;
  if (chosen === 'multipart') return { ...multipart([...partsOf(value), ...filesOf(files)]), binding: true };
  if (value === undefined) return undefined;
  switch (chosen) {
    case 'json':
      return { body: jsonOf(value), contentType: 'application/json' };
    case 'text':
      return { body: Buffer.isBuffer(value) ? value : textOf(value), contentType: 'text/plain; charset=utf-8' };
    case 'form':
      return { body: formOf(value), contentType: FORM };
    case 'binary':
      return { body: bytesOf(value), contentType: 'application/octet-stream' };
    case 'as-is':
      return { body: Buffer.isBuffer(value) ? value : textOf(value), contentType: undefined };
  }
}

/** The same, compressed. */
export async function compress(body: string | Buffer): Promise<Buffer> {
  return compressed(body);
}

function detect(value: unknown, contentType = ''): Exclude<BodyFormat, 'auto'> | 'as-is' {
  if (Buffer.isBuffer(value) || typeof value === 'string' || typeof value === 'number') return 'as-is';
  if (isPlainObject(value) && contentType.startsWith('multipart/form-data')) return 'multipart';
  return isPlainObject(value) && contentType.startsWith(FORM) ? 'form' : 'json';
}

/** A string is a form already; lists repeat their name. */
function formOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isPlainObject(value)) {
    throw new PoolError('HTTP_INVALID_BODY', t`A form must be an object: each of its properties is a field.`);
  }
  const form = new URLSearchParams();
  for (const [name, field] of Object.entries(value)) {
    for (const one of Array.isArray(field) ? (field as unknown[]) : [field]) {
      if (one !== undefined) form.append(name, one === null ? '' : textOf(one));
    }
  }
  return form.toString();
}

function bytesOf(value: unknown): string | Buffer {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new PoolError('HTTP_INVALID_BODY', t`A binary body must be a Buffer or a string.`);
}
