/** Plain data to CBOR (RFC 8949) that Go reads back into the types of its DTOs: whole numbers are integers, whatever their size. */
import type { PoolError } from '../core/errors';
import { edgexError, MAX_DEPTH } from './fault';
import { asBuffer } from './plain';
import { withToJson } from './write-exact-json';
import { t } from '../core/wording';

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/**
 * The CBOR of a value. What JSON leaves out (undefined, functions, symbols) is left out here, too.
 *
 * @throws PoolError `EDGEX_INVALID_VALUE` for whole numbers beyond 64 bits, circular and too deeply nested data
 */
export function encodeCbor(value: unknown): Buffer {
  const writer = new Writer();
  writer.write(value, 0);
  return writer.written();
}

class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  write(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#integer(value);
    else if (typeof value === 'boolean') this.#byte(value ? 0xf5 : 0xf4);
    else if (typeof value === 'object' && value !== null) this.#object(value, depth);
    else this.#byte(0xf6);
  }

  #object(value: object, depth: number): void {
    if (depth > MAX_DEPTH) throw unwritable(t`it is circular or nested deeper than ${MAX_DEPTH} levels`);
    const bytes = asBuffer(value);
    if (bytes) {
      this.#header(2, bytes.length);
      this.#reserve(bytes.length);
      bytes.copy(this.#bytes, this.#length);
      this.#length += bytes.length;
      return;
    }
    if (Array.isArray(value)) {
      this.#header(4, value.length);
      for (const item of value as unknown[]) this.write(item, depth + 1);
      return;
    }
    const plain = withToJson(value);
    if (plain === value) this.#map(value, depth);
    else this.write(plain, depth + 1);
  }

  #map(value: object, depth: number): void {
    const members = Object.entries(value).filter(([, member]) => isWritable(member));
    this.#header(5, members.length);
    for (const [key, member] of members) {
      this.#text(key);
      this.write(member, depth + 1);
    }
  }

  #text(text: string): void {
    const length = Buffer.byteLength(text);
    this.#header(3, length);
    this.#reserve(length);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  #number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      if (value >= 0) this.#header(0, value);
      else this.#header(1, -1 - value);
      return;
    }
    this.#byte(0xfb);
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleBE(value, this.#length);
  }

  #integer(value: bigint): void {
    const [major, argument] = value < 0n ? [1, -1n - value] : [0, value];
    if (argument > MAX_UINT64) throw unwritable(t`a whole number has more than 64 bits`);
    this.#header(major, argument);
  }

  /** The shortest header for a length or a value. */
  #header(major: number, argument: number | bigint): void {
    const first = major << 5;
    if (argument < 24) {
      this.#byte(first | Number(argument));
    } else if (argument <= 0xffff_ffff) {
      const [info, size] = argument <= 0xff ? [24, 1] : argument <= 0xffff ? [25, 2] : [26, 4];
      this.#byte(first | info);
      this.#reserve(size);
      this.#length = this.#bytes.writeUIntBE(Number(argument), this.#length, size);
    } else {
      this.#byte(first | 27);
      this.#reserve(8);
      this.#length = this.#bytes.writeBigUInt64BE(BigInt(argument), this.#length);
    }
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#length = this.#bytes.writeUInt8(byte, this.#length);
  }

  #reserve(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

function isWritable(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}

function unwritable(why: string): PoolError {
  return edgexError('EDGEX_INVALID_VALUE', t`The value can't be written: ${why}.`, { fault: why });
}
