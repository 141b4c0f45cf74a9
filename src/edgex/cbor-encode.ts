/** Plain data to CBOR (RFC 8949) that Go reads back into the types of its DTOs: whole numbers are integers, whatever their size. */
import type { PoolError } from '../core/errors';
import { edgexError, MAX_DEPTH } from './fault';
import { asBuffer } from './plain';
import { withToJson } from './write-exact-json';

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/**
 * The CBOR of a value. What JSON leaves out (undefined, functions, symbols) is left out here, too.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` for whole numbers beyond 64 bits, circular and too deeply nested data
 */
export function encodeCbor(value: unknown): Buffer {
  const parts: Buffer[] = [];
  write(isWritable(value) ? value : null, parts, 0);
  return Buffer.concat(parts);
}

function write(value: unknown, parts: Buffer[], depth: number): void {
  if (depth > MAX_DEPTH) throw unwritable(`it is circular or nested deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') {
    const text = Buffer.from(value, 'utf8');
    parts.push(header(3, text.length), text);
  } else if (typeof value === 'number') {
    parts.push(Number.isSafeInteger(value) && !Object.is(value, -0) ? integer(BigInt(value)) : double(value));
  } else if (typeof value === 'bigint') parts.push(integer(value));
  else if (typeof value === 'boolean') parts.push(Buffer.of(value ? 0xf5 : 0xf4));
  else if (typeof value === 'object' && value !== null) writeObject(value, parts, depth);
  else parts.push(Buffer.of(0xf6));
}

function writeObject(value: object, parts: Buffer[], depth: number): void {
  const bytes = asBuffer(value);
  if (bytes) {
    parts.push(header(2, bytes.length), bytes);
    return;
  }
  if (Array.isArray(value)) {
    parts.push(header(4, value.length));
    for (const item of value as unknown[]) write(isWritable(item) ? item : null, parts, depth + 1);
    return;
  }
  const plain = withToJson(value);
  if (plain !== value) {
    write(plain, parts, depth + 1);
    return;
  }
  const members = Object.entries(value).filter(([, member]) => isWritable(member));
  parts.push(header(5, members.length));
  for (const [key, member] of members) {
    write(key, parts, depth + 1);
    write(member, parts, depth + 1);
  }
}

function isWritable(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

function integer(value: bigint): Buffer {
  const [major, argument] = value < 0n ? [1, -1n - value] : [0, value];
  if (argument > MAX_UINT64) throw unwritable('a whole number has more than 64 bits');
  return header(major, argument);
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(0xfb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** The shortest header for a length or a value. */
function header(major: number, argument: number | bigint): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.of(first | Number(argument));
  const size = argument <= 0xff ? 1 : argument <= 0xffff ? 2 : argument <= 0xffff_ffff ? 4 : 8;
  const bytes = Buffer.alloc(1 + size);
  bytes.writeUInt8(first | (24 + Math.log2(size)));
  if (size === 8) bytes.writeBigUInt64BE(BigInt(argument), 1);
  else bytes.writeUIntBE(Number(argument), 1, size);
  return bytes;
}

function unwritable(why: string): PoolError {
  return edgexError('EDGEX_INVALID_VALUE', `The value can't be written: ${why}.`);
}
