/**
 * How entries stand on disk. The key holds what limits and order need, so that a store is opened without reading values;
 * the value is the sink's id and its job, with a checksum, because LevelDB doesn't check what it reads.
 */
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { PoolError } from '../../core/errors';
import type { EntryFacts } from './ledger';

/** Number and time in six bytes each, size and sink in four. */
const KEY_BYTES = 20;
const FORMAT = 1;
/** Checksum and format before the rest. */
const HEADER_BYTES = 5;

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
  if (key.length !== KEY_BYTES) throw broken('a key of another length');
  const view = Buffer.from(key.buffer, key.byteOffset, key.length);
  return {
    number: view.readUIntBE(0, 6),
    time: view.readUIntBE(6, 6),
    bytes: view.readUInt32BE(12),
    sink: view.readUInt32BE(16),
  };
}

export function encodeValue({ sink, job }: Content): Buffer {
  const content = serialize([sink, job]);
  const value = Buffer.allocUnsafe(HEADER_BYTES + content.length);
  value.writeUInt8(FORMAT, 4);
  content.copy(value, HEADER_BYTES);
  value.writeUInt32BE(crc32(value.subarray(4)), 0);
  return value;
}

/** @throws PoolError `OUTBOX_BROKEN` */
export function decodeValue(bytes: Uint8Array): Content {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (value.length < HEADER_BYTES || value.readUInt32BE(0) !== crc32(value.subarray(4))) {
    throw broken('a wrong checksum');
  }
  if (value[4] !== FORMAT) throw broken('written by a newer version of this package');
  let content: unknown;
  try {
    content = deserialize(value.subarray(HEADER_BYTES));
  } catch (thrown) {
    throw broken('content that cannot be read', thrown);
  }
  if (!Array.isArray(content) || typeof content[0] !== 'string') throw broken('content of another kind');
  return { sink: content[0], job: content[1] };
}

function broken(what: string, cause?: unknown): PoolError {
  return new PoolError('OUTBOX_BROKEN', `An entry of the outbox is broken: ${what}.`, { cause });
}
