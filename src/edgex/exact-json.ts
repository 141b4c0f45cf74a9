/**
 * JSON without loss: whole numbers beyond 2^53, such as every time in nanoseconds, become bigints instead of losing
 * their last digits. `JSON.parse` can't do that before Node 21, so this is a parser of its own: strict RFC 8259, bounded in
 * depth, and with keys like `__proto__` kept as data.
 */
import { isUtf8 } from 'node:buffer';
import { edgexError, MAX_DEPTH } from './fault';
import { setOwn, type PlainObject } from './plain';
import { t } from '../core/wording';

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const NEEDS_CARE = /[\\\u0000-\u001f]/;

/** More digits than this are no number of EdgeX; turning them into a bigint could take seconds. */
const MAX_DIGITS = 400;

/**
 * Parses the bytes of a JSON text; a byte order mark is skipped.
 *
 * @throws PoolError `EDGEX_INVALID_JSON` saying where it goes wrong
 */
export function parseExactJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw edgexError('EDGEX_INVALID_JSON', t`Invalid JSON: the bytes are not UTF-8 text.`);
  const text = bytes.toString('utf8');
  return parseExactJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
}

/**
 * Parses a JSON text. A whole number becomes a number when that is exact, else a bigint.
 *
 * @throws PoolError `EDGEX_INVALID_JSON` saying where it goes wrong
 */
export function parseExactJson(text: string): unknown {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): unknown {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#fault(t`something follows the end of the value`);
    return value;
  }

  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.#fault(t`it is nested deeper than ${MAX_DEPTH} levels`);
    switch (this.#skipSpace()) {
      case 0x7b:
        return this.#object(depth);
      case 0x5b:
        return this.#array(depth);
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#literal('true', true);
      case 0x66:
        return this.#literal('false', false);
      case 0x6e:
        return this.#literal('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): PlainObject {
    const object: PlainObject = {};
    this.#at += 1;
    if (this.#skipSpace() === 0x7d) {
      this.#at += 1;
      return object;
    }
    for (;;) {
      if (this.#skipSpace() !== 0x22) throw this.#fault(t`a key in double quotes is missing`);
      const key = this.#string();
      if (this.#skipSpace() !== 0x3a) throw this.#fault(t`a colon is missing`);
      this.#at += 1;
      setOwn(object, key, this.#value(depth + 1));
      if (this.#endsAt(0x7d)) return object;
    }
  }

  #array(depth: number): unknown[] {
    const array: unknown[] = [];
    this.#at += 1;
    if (this.#skipSpace() === 0x5d) {
      this.#at += 1;
      return array;
    }
    for (;;) {
      array.push(this.#value(depth + 1));
      if (this.#endsAt(0x5d)) return array;
    }
  }

  /** After a member: true at the closing bracket, false after a comma. */
  #endsAt(bracket: number): boolean {
    const code = this.#skipSpace();
    if (code !== bracket && code !== 0x2c) throw this.#fault(t`a comma or a closing bracket is missing`);
    this.#at += 1;
    return code === bracket;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at;
    let end = text.indexOf('"', start + 1);
    // A quote after an odd number of backslashes is not the end.
    while (end !== -1 && isEscaped(text, end, start)) end = text.indexOf('"', end + 1);
    if (end === -1) throw this.#fault(t`a string has no end`);
    this.#at = end + 1;
    const content = text.slice(start + 1, end);
    if (!NEEDS_CARE.test(content)) return content;
    try {
      return JSON.parse(text.slice(start, end + 1)) as string;
    } catch {
      this.#at = start;
      throw this.#fault(t`a string has a control character or an unknown escape`);
    }
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) throw this.#fault(this.#at < this.#text.length ? t`no value begins like this` : t`it ends too early`);
    const digits = match[0];
    this.#at += digits.length;
    const value = Number(digits);
    if (Number.isSafeInteger(value) || match[1] !== undefined || match[2] !== undefined) return value;
    if (digits.length > MAX_DIGITS) throw this.#fault(t`a number has more than ${MAX_DIGITS} digits`);
    return BigInt(digits);
  }

  #literal<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#fault(t`no value begins like this`);
    this.#at += word.length;
    return value;
  }

  /** Moves to the next character that is not white space and returns its code, or NaN at the end. */
  #skipSpace(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  #fault(why: string) {
    return edgexError('EDGEX_INVALID_JSON', t`Invalid JSON at character ${this.#at + 1}: ${why}.`);
  }
}

function isEscaped(text: string, quote: number, start: number): boolean {
  let backslashes = 0;
  for (let index = quote - 1; index > start && text.charCodeAt(index) === 0x5c; index -= 1) backslashes += 1;
  return backslashes % 2 === 1;
}
