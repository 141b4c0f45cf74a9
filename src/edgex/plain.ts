/**
 * Data as it comes off the wire: plain objects whose keys somebody else chose. Keys like `__proto__` or `constructor` are
 * data as any other: they are set and looked up as own properties only, so that they can't reach a prototype.
 */
import { types } from 'node:util';

export type PlainObject = Record<string, unknown>;

/** Neither null, an array, bytes, nor an instance of a class. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // By the shape of the prototype, not by identity: flows hand over objects of other realms (Function nodes).
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Sets an own property, whatever its name. */
export function setOwn(target: PlainObject, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

/** An own property, or undefined: never an inherited one. */
export function getOwn(source: PlainObject, key: string): unknown {
  return Object.hasOwn(source, key) ? source[key] : undefined;
}

/** Bytes as a `Buffer` on the same memory, or undefined if it isn't bytes. */
export function asBuffer(value: unknown): Buffer | undefined {
  if (Buffer.isBuffer(value)) return value;
  if (types.isUint8Array(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}
