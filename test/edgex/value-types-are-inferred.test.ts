/** What a flow sends gets a value type by what it is: whole numbers stay whole; null is skipped; the metadata of a resource wins. */
import assert from 'node:assert/strict';
import { encodeEvent, type EncodeEventOptions } from '../../src/edgex/encode-event';

const options: EncodeEventOptions = { deviceName: 'device', profileName: 'profile', sourceName: 'source', origin: 5 };

const INFERRED: readonly (readonly [string, unknown, string, unknown])[] = [
  ['a whole number', 5, 'Int64', 5],
  ['a number with a fraction', 5.5, 'Float64', 5.5],
  ['a number beyond 2^53', 1e20, 'Float64', 1e20],
  ['a bigint', -5n, 'Int64', -5],
  ['a bigint beyond 2^63', 2n ** 63n, 'Uint64', 2n ** 63n],
  ['a boolean', false, 'Bool', false],
  ['a text', '5', 'String', '5'],
  ['a Buffer', Buffer.from('x'), 'Binary', Buffer.from('x')],
  ['a Uint8Array', new Uint8Array([1]), 'Binary', Buffer.from([1])],
  ['a Date', new Date(0), 'String', '1970-01-01T00:00:00.000Z'],
  ['an empty array', [], 'StringArray', []],
  ['booleans', [true], 'BoolArray', [true]],
  ['texts', ['a'], 'StringArray', ['a']],
  ['whole numbers', [1, -2n], 'Int64Array', [1, -2]],
  ['whole numbers beyond 2^63', [1, 2n ** 63n], 'Uint64Array', [1, 2n ** 63n]],
  ['numbers, some whole', [1, 2.5], 'Float64Array', [1, 2.5]],
  ['a Float32Array', new Float32Array([3.14]), 'Float32Array', [3.14]],
  ['a Uint16Array', new Uint16Array([3]), 'Uint16Array', [3]],
  ['a BigInt64Array', new BigInt64Array([3n]), 'Int64Array', [3]],
  ['objects', [{ a: 1 }], 'ObjectArray', [{ a: 1 }]],
  ['an object', { a: 1 }, 'Object', { a: 1 }],
];

const REFUSED: readonly (readonly [string, unknown])[] = [
  ['an array of more than one type', [1, 'a']],
  ['an array with null', [1, null]],
  ['an array with a hole', Object.assign([1, 2, 3], { length: 5 })],
  ['an invalid Date', new Date(Number.NaN)],
  ['an array of arrays', [[1]]],
  ['a bigint beyond 64 bits', 2n ** 64n],
  ['whole numbers that no type holds together', [-1n, 2n ** 63n]],
  ['a function', () => 1],
  ['an instance of a class', new Map()],
];

describe('encoding an event', () => {
  for (const [what, value, valueType, expected] of INFERRED) {
    it(`takes ${what} for ${valueType}`, () => {
      const [reading] = encodeEvent({ it: value }, options).readings;
      assert.deepEqual([reading?.valueType, reading?.value], [valueType, expected]);
    });
  }

  for (const [what, value] of REFUSED) {
    it(`refuses ${what}, naming the resource`, () => {
      assert.throws(() => encodeEvent({ it: value }, options), {
        code: 'EDGEX_INVALID_VALUE',
        message: /resource "it"/,
      });
    });
  }

  it('sends what has no type of its own as the type that is set', () => {
    const readings = { it: { valueType: 'object' } };
    const [reading] = encodeEvent({ it: [1, 'a', null] }, { ...options, readings }).readings;
    assert.deepEqual([reading?.valueType, reading?.value], ['Object', [1, 'a', null]]);
  });

  it('skips null, unless a value type is set', () => {
    const input = { gone: null, missing: undefined, kept: null };
    const event = encodeEvent(input, { ...options, readings: { kept: { valueType: 'Int8' } } });
    assert.deepEqual(
      event.readings.map(({ resourceName, value }) => [resourceName, value]),
      [['kept', null]],
    );
  });

  it('makes readings of the fields of all objects of an array', () => {
    const event = encodeEvent([{ a: 1, b: 2 }, { a: 3 }], options);
    assert.deepEqual(
      event.readings.map(({ resourceName, value }) => [resourceName, value]),
      [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ],
    );
  });

  it('takes names, ids, times, units and tags from the metadata', () => {
    const it = {
      valueType: 'Float32',
      units: 'C',
      tags: { floor: 1 },
      id: 'reading-id',
      origin: '1602168089665565200',
      deviceName: 'other device',
      profileName: 'other profile',
    };
    const event = encodeEvent({ it: '3.14' }, { ...options, id: 'event-id', tags: { site: 'x' }, readings: { it } });
    assert.deepEqual(event, {
      apiVersion: 'v3',
      id: 'event-id',
      deviceName: 'device',
      profileName: 'profile',
      sourceName: 'source',
      origin: 5,
      tags: { site: 'x' },
      readings: [{ ...it, origin: 1_602_168_089_665_565_200n, resourceName: 'it', value: 3.14 }],
    });
  });

  it('gives ids and the time where none is set', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const { id, origin, readings } = encodeEvent({ it: 1 }, {
      ...options,
      origin: undefined,
    } as unknown as EncodeEventOptions);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(readings[0]?.id ?? '', /^[0-9a-f-]{36}$/);
    assert.ok(origin >= before, 'nanoseconds of now');
    assert.equal(readings[0]?.origin, origin);
  });

  for (const [what, input, changed] of [
    ['a text', 'text', {}],
    ['an array of texts', ['text'], {}],
    ['a field without a name', { '': 1 }, {}],
    ['no device name', { it: 1 }, { deviceName: '' }],
    ['an origin with a fraction', { it: 1 }, { origin: 1.5 }],
    ['an origin beyond int64', { it: 1 }, { origin: 2n ** 63n }],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => encodeEvent(input, { ...options, ...changed }), { code: 'EDGEX_INVALID_EVENT' });
    });
  }
});
