import assert from 'node:assert/strict';
import { encodePayload } from '../../src/runtime/payload-encoder';

describe('payloads of every type are encoded', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const bytes = Buffer.from('bytes');

  const cases: [string, unknown, string | Buffer][] = [
    ['undefined', undefined, ''],
    ['null', null, ''],
    ['text', 'ü', 'ü'],
    ['an empty text', '', ''],
    ['0', 0, '0'],
    ['NaN', Number.NaN, 'NaN'],
    ['false', false, 'false'],
    ['a BigInt', 12345678901234567890n, '12345678901234567890'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['an array', [1, null], '[1,null]'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a typed array', new Uint16Array([1, 2]), Buffer.from(new Uint16Array([1, 2]).buffer)],
    ['a view of part of a buffer', new Uint8Array([1, 2, 3]).subarray(1, 2), Buffer.from([2])],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, Buffer.from([1, 2])],
  ];
  for (const [name, payload, encoded] of cases) {
    it(name, () => assert.deepEqual(encodePayload(payload), encoded));
  }

  it('a Buffer, without copying', () => assert.equal(encodePayload(bytes), bytes));

  for (const [name, payload] of [
    ['a circular object', circular],
    ['an object with a BigInt', { big: 1n }],
    ['an object without JSON form', { toJSON: () => undefined }],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
  ] as const) {
    it(`but not ${name}`, () => assert.throws(() => encodePayload(payload), { code: 'MQTT_INVALID_PAYLOAD' }));
  }
});
