import assert from 'node:assert/strict';
import { encodeValue, type PayloadFormat } from '../../src/runtime/redis-payload';

describe('values for Redis are encoded', () => {
  const bytes = Buffer.from([0, 255]);
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  const cases: [PayloadFormat, string, unknown, string | Buffer][] = [
    ['string', 'text', 'ü', 'ü'],
    ['string', 'an empty text', '', ''],
    ['string', 'a number', 0, '0'],
    ['string', 'a boolean', false, 'false'],
    ['string', 'a BigInt', 12345678901234567890n, '12345678901234567890'],
    ['string', 'a Buffer', bytes, bytes],
    ['json', 'text', 'a', '"a"'],
    ['json', 'a number', 1.5, '1.5'],
    ['json', 'null', null, 'null'],
    ['json', 'an object', { a: [1] }, '{"a":[1]}'],
    ['json', 'a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['buffer', 'a Buffer', bytes, bytes],
    ['buffer', 'text', 'ü', Buffer.from('ü')],
    ['buffer', 'a typed array', new Uint16Array([1, 2]), Buffer.from(new Uint16Array([1, 2]).buffer)],
    ['buffer', 'a part of an ArrayBuffer', new Uint8Array([1, 2, 3]).subarray(1, 2), Buffer.from([2])],
    ['auto', 'text', '{', '{'],
    ['auto', 'a number', -1e21, '-1e+21'],
    ['auto', 'a boolean', true, 'true'],
    ['auto', 'a BigInt', 5n, '5'],
    ['auto', 'an ArrayBuffer', new Uint8Array([1]).buffer, Buffer.from([1])],
    ['auto', 'an object', { a: 1 }, '{"a":1}'],
    ['auto', 'an array', [1, null], '[1,null]'],
    ['auto', 'a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ];
  for (const [format, name, value, encoded] of cases) {
    it(`${name} as ${format}`, () => assert.deepEqual(encodeValue(value, format), encoded));
  }

  const always: [string, unknown][] = [
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['an object that refers to itself', circular],
    ['an object with a BigInt', { big: 1n }],
    ['an object without JSON form', { toJSON: () => undefined }],
    [
      'an object that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
  ];
  const refused: [PayloadFormat, string, unknown][] = [
    ...(['string', 'json', 'buffer', 'auto'] as const).flatMap((format) =>
      always.map(([name, value]): [PayloadFormat, string, unknown] => [format, name, value]),
    ),
    ['string', 'null', null],
    ['string', 'an object', {}],
    ['string', 'an array', ['a']],
    ['string', 'a date', new Date(0)],
    ['auto', 'null', null],
    ['buffer', 'a number', 1],
    ['buffer', 'an array of bytes', [1, 2]],
    ['json', 'a BigInt', 1n],
    ['json', 'a Buffer', bytes],
    ['json', 'a typed array', new Uint8Array(1)],
  ];
  for (const [format, name, value] of refused) {
    it(`but not ${name} as ${format}`, () =>
      assert.throws(() => encodeValue(value, format), { code: 'REDIS_INVALID_PAYLOAD' }));
  }

  it('without telling what they hold', () => {
    assert.throws(
      () => encodeValue({ password: 'secret', big: 1n }, 'auto'),
      ({ message }: Error) => !message.includes('secret') && message.includes('an object'),
    );
  });
});
