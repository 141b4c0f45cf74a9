import assert from 'node:assert/strict';
import { readField, readKey } from '../../src/runtime/redis-sink/sink-row';

describe('keys and fields of every type', () => {
  const bytes = Buffer.from([0, 255]);
  for (const [name, key, expected] of [
    ['text', 'a b', 'a b'],
    ['a number', 0, '0'],
    ['a BigInt', 5n, '5'],
    ['a Buffer', bytes, bytes],
    ['a typed array', new Uint8Array([0, 255]), bytes],
  ] as const) {
    it(`${name} as it is`, () => {
      assert.deepEqual(readKey({ key, value: '' }), expected);
      assert.deepEqual(readField({ field: key, value: '' }), expected);
    });
  }

  for (const [name, key] of [
    ['a boolean', true],
    ['NaN', Number.NaN],
    ['an object', {}],
    ['an array', ['a']],
    ['a date', new Date(0)],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['an empty Buffer', Buffer.alloc(0)],
  ] as const) {
    it(`but not ${name}`, () => {
      assert.throws(() => readKey({ key, value: '' }), { code: 'REDIS_INVALID_KEY' });
      assert.throws(() => readField({ field: key, value: '' }), { code: 'REDIS_INVALID_FIELD' });
    });
  }

  for (const empty of [undefined, null, '']) {
    it(`${JSON.stringify(empty)} is no key, and no field`, () => {
      assert.throws(() => readKey({ key: empty, value: '' }, () => 'channel'), {
        code: 'REDIS_INVALID_KEY',
        message: /channel/,
      });
      assert.equal(readField({ field: empty, value: '' }), undefined);
    });
  }
});
