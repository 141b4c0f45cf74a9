/**
 * CBOR (RFC 8949) to plain data. A decoder of its own, because cbor-x makes objects of classes for some tags, takes text
 * that isn't UTF-8, renames `__proto__` and overflows the stack on deep data, and a bus may carry anything. This one reads
 * what JSON has too, plus bytes; whole numbers stay exact, every length is held against what is there, depth is bounded.
 */
import { isUtf8 } from 'node:buffer';
import type { PoolError } from '../core/errors';
import { edgexError, MAX_DEPTH, typeName } from './fault';
import { asBuffer, setOwn, type PlainObject } from './plain';
import { t } from '../core/wording';

/** The break that ends something of indefinite length. */
const BREAK = Symbol('break');

/** A big number (tag 2 and 3) of more bytes than this is none of EdgeX. */
const MAX_BIGNUM_BYTES = 64;

/** One byte can stand for an object of a hundred; no event has as many items as this. */
const MAX_ITEMS = 1_000_000;

/**
 * The value of one CBOR item, which has to be all there is: null, boolean, number, bigint (beyond 2^53), string, `Buffer`
 * (a copy), array or object. Tags are ignored except those of big numbers; `undefined` becomes null.
 *
 * @throws PoolError `EDGEX_INVALID_CBOR` saying where it goes wrong
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const buffer = asBuffer(bytes);
  if (!buffer) throw edgexError('EDGEX_INVALID_CBOR', t`Invalid CBOR: it is ${typeName(bytes)}, not bytes.`);
  return new Decoder(buffer).decode();
}

class Decoder {
  readonly #bytes: Buffer;
  #at = 0;
  #items = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  decode(): unknown {
    const value = this.#item(0);
    if (value === BREAK) throw this.#fault(t`a break without a beginning`);
    if (this.#at < this.#bytes.length) throw this.#fault(t`something follows the end of the value`);
    return value;
  }

  #item(depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.#fault(t`it is nested deeper than ${MAX_DEPTH} levels`);
    this.#countItem();
    const first = this.#byte();
    const major = first >> 5;
    const info = first & 0x1f;
    switch (major) {
      case 0:
        return this.#argument(info);
      case 1:
        return minusOneLess(this.#argument(info));
      case 2:
        return Buffer.from(this.#chunks(major, info));
      case 3:
        return this.#text(info);
      case 4:
        return this.#array(info, depth);
      case 5:
        return this.#map(info, depth);
      case 6:
        return this.#tagged(this.#argument(info), depth);
      default:
        return this.#simple(info);
    }
  }

  /** The number in or after a header: a length, a tag or a value. */
  #argument(info: number): number | bigint {
    if (info < 24) return info;
    if (info > 27) throw this.#fault(t`a header has a reserved length`);
    const size = 1 << (info - 24);
    const at = this.#take(size);
    switch (size) {
      case 1:
        return this.#bytes.readUInt8(at);
      case 2:
        return this.#bytes.readUInt16BE(at);
      case 4:
        return this.#bytes.readUInt32BE(at);
      default:
        return exact(this.#bytes.readBigUInt64BE(at));
    }
  }

  /** A number of things that are still to come, each of at least `size` bytes. */
  #count(info: number, size: number): number {
    const count = this.#argument(info);
    if (count > (this.#bytes.length - this.#at) / size) throw this.#fault(t`a length goes beyond the end`);
    return Number(count);
  }

  #chunks(major: number, info: number): Buffer {
    if (info !== 31) {
      const length = this.#count(info, 1);
      const start = this.#take(length);
      return this.#bytes.subarray(start, start + length);
    }
    const chunks: Buffer[] = [];
    for (;;) {
      const first = this.#byte();
      if (first === 0xff) return Buffer.concat(chunks);
      if (first >> 5 !== major || (first & 0x1f) === 31) throw this.#fault(t`a chunk is of another type`);
      this.#countItem();
      chunks.push(this.#chunks(major, first & 0x1f));
    }
  }

  #text(info: number): string {
    let [bytes, start, end] = [this.#bytes, 0, 0];
    if (info === 31) {
      bytes = this.#chunks(3, info);
      end = bytes.length;
    } else {
      end = this.#count(info, 1);
      start = this.#take(end);
      end += start;
    }
    const text = bytes.toString('utf8', start, end);
    // What isn't UTF-8 becomes U+FFFD; only a text that has one needs to be looked at more closely.
    if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) throw this.#fault(t`a text is not UTF-8`);
    return text;
  }

  #array(info: number, depth: number): unknown[] {
    const array: unknown[] = [];
    const count = info === 31 ? Infinity : this.#count(info, 1);
    while (array.length < count) {
      const item = this.#item(depth + 1);
      if (item === BREAK) {
        if (info === 31) return array;
        throw this.#fault(t`a break within an array of known length`);
      }
      array.push(item);
    }
    return array;
  }

  #map(info: number, depth: number): PlainObject {
    const object: PlainObject = {};
    const count = info === 31 ? Infinity : this.#count(info, 2);
    for (let done = 0; done < count; done += 1) {
      const key = this.#item(depth + 1);
      if (key === BREAK && info === 31) return object;
      if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'bigint')
        throw this.#fault(t`a key is neither text nor a number`);
      const value = this.#item(depth + 1);
      if (value === BREAK) throw this.#fault(t`a value is missing in a map`);
      setOwn(object, String(key), value);
    }
    return object;
  }

  #tagged(tag: number | bigint, depth: number): unknown {
    const value = this.#item(depth + 1);
    if (value === BREAK) throw this.#fault(t`a tag has no value`);
    if (tag !== 2 && tag !== 3) return value;
    if (!Buffer.isBuffer(value) || value.length > MAX_BIGNUM_BYTES)
      throw this.#fault(t`a big number is no bytes or more than ${MAX_BIGNUM_BYTES}`);
    const magnitude = exact(BigInt(value.length === 0 ? 0 : `0x${value.toString('hex')}`));
    return tag === 2 ? magnitude : minusOneLess(magnitude);
  }

  #simple(info: number): unknown {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return null;
      case 25:
        return half(this.#bytes.readUInt16BE(this.#take(2)));
      case 26:
        return this.#bytes.readFloatBE(this.#take(4));
      case 27:
        return this.#bytes.readDoubleBE(this.#take(8));
      case 31:
        return BREAK;
      default:
        throw this.#fault(t`a simple value is unknown`);
    }
  }

  #countItem(): void {
    this.#items += 1;
    if (this.#items > MAX_ITEMS) throw this.#fault(t`it has more than ${MAX_ITEMS} items`);
  }

  #byte(): number {
    return this.#bytes.readUInt8(this.#take(1));
  }

  /** Moves on by so many bytes and returns where they begin. */
  #take(size: number): number {
    const start = this.#at;
    if (size > this.#bytes.length - start) throw this.#fault(t`it ends too early`);
    this.#at += size;
    return start;
  }

  #fault(why: string): PoolError {
    const fault = t`at byte ${this.#at}: ${why}`;
    return edgexError('EDGEX_INVALID_CBOR', t`Invalid CBOR at byte ${this.#at}: ${why}.`, { fault });
  }
}

function exact(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
}

/** A negative number is carried as -1 minus what is said. */
function minusOneLess(argument: number | bigint): number | bigint {
  return exact(-1n - BigInt(argument));
}

/** A float of 16 bits (IEEE 754 binary16), which Node can't read itself. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
