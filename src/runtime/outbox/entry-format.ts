/**
 * How entries stand on disk. The key holds what limits and order need, so that a store is opened without reading values;
 * the value is the sink's id and its job as JSON, with the bytes of Buffers behind it, and a checksum, because LevelDB
 * doesn't check what it reads.
 */
import { crc32 } from 'node:zlib';
import { PoolError } from '../../core/errors';
import type { EntryFacts } from './ledger';
import { t } from '../../core/wording';

/** Number and time in six bytes each, size and sink in four. */
const KEY_BYTES = 20;
const FORMAT = 1;
/** Checksum, format and length of the JSON before the rest. */
const HEADER_BYTES = 9;

/** What a value holds. */
export interface Content {
  /** The id of the sink node, the same after a restart. */
  readonly sink: string;
  /** Plain data: what the protocol needs to send it. */
  readonly job: unknown;
}

/** A sink in four bytes. */
export function sinkMark(sink: string): number {
  return crc32(sink);
}

export function encodeKey({ number, time, bytes, sink }: EntryFacts): Buffer {
  const key = Buffer.allocUnsafe(KEY_BYTES);
  key.writeUIntBE(number, 0, 6);
  key.writeUIntBE(Math.max(0, time), 6, 6);
  key.writeUInt32BE(bytes, 12);
  key.writeUInt32BE(sink, 16);
  return key;
}

/** @throws PoolError `OUTBOX_BROKEN` */
export function decodeKey(key: Uint8Array): EntryFacts {
  if (key.length !== KEY_BYTES) throw broken(t`a key of another length`);
  const view = Buffer.from(key.buffer, key.byteOffset, key.length);
  return {
    number: view.readUIntBE(0, 6),
    time: view.readUIntBE(6, 6),
    bytes: view.readUInt32BE(12),
    sink: view.readUInt32BE(16),
  };
}

export function encodeValue({ sink, job }: Content): Buffer {
  const blobs: Blob[] = [];
  const json = JSON.stringify([
    sink,
    withoutBuffers(job, [], blobs),
    blobs.map(({ path, bytes }) => [path, bytes.length]),
  ]);
  const jsonBytes = Buffer.byteLength(json);
  const value = Buffer.allocUnsafe(blobs.reduce((sum, { bytes }) => sum + bytes.length, HEADER_BYTES + jsonBytes));
  value.writeUInt8(FORMAT, 4);
  value.writeUInt32BE(jsonBytes, 5);
  value.write(json, HEADER_BYTES);
  let at = HEADER_BYTES + jsonBytes;
  for (const { bytes } of blobs) at += bytes.copy(value, at);
  value.writeUInt32BE(crc32(value.subarray(4)), 0);
  return value;
}

/** @throws PoolError `OUTBOX_BROKEN` */
export function decodeValue(bytes: Uint8Array): Content {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (value.length < HEADER_BYTES || value.readUInt32BE(0) !== crc32(value.subarray(4))) {
    throw broken(t`a wrong checksum`);
  }
  if (value[4] !== FORMAT) throw broken(t`written by a newer version of this package`);
  let at = HEADER_BYTES + value.readUInt32BE(5);
  let content: unknown;
  try {
    content = JSON.parse(value.toString('utf8', HEADER_BYTES, at));
  } catch (thrown) {
    throw broken(t`content that cannot be read`, thrown);
  }
  if (!Array.isArray(content) || typeof content[0] !== 'string') throw broken(t`content of another kind`);
  const [sink, job, places] = content as [string, unknown, [Path, number][]];
  const root = { job };
  for (const [path, length] of places) {
    // A copy, because what comes from the store may be a part of something larger.
    put(root, ['job', ...path], Buffer.from(value.subarray(at, at + length)));
    at += length;
  }
  return { sink, job: root.job };
}

/** Where in a job a Buffer stands. */
type Path = readonly (string | number)[];

interface Blob {
  readonly path: Path;
  readonly bytes: Buffer;
}

/** The same with null in the place of each Buffer; itself if it has none. */
function withoutBuffers(value: unknown, path: Path, blobs: Blob[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Buffer.isBuffer(value)) {
    blobs.push({ path, bytes: value });
    return null;
  }
  const found = blobs.length;
  const parts = Object.entries(value).map(([key, part]): [string, unknown] => {
    return typeof part === 'object' ? [key, withoutBuffers(part, [...path, key], blobs)] : [key, part];
  });
  if (blobs.length === found) return value;
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
}

function put(root: object, path: Path, bytes: Buffer): void {
  let holder = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
  const last = path.at(-1);
  if (last !== undefined)
    Object.defineProperty(holder, last, { value: bytes, enumerable: true, configurable: true, writable: true });
}

function broken(what: string, cause?: unknown): PoolError {
  return new PoolError('OUTBOX_BROKEN', t`An entry of the outbox is broken: ${what}.`, { cause });
}
