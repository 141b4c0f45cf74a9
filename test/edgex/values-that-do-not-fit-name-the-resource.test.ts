/** A value that doesn't fit its value type is an error that names the resource, when received and when sent. */
import assert from 'node:assert/strict';
import type { PoolError } from '../../src/core/errors';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';

const WRONG: readonly (readonly [string, unknown])[] = [
  ['Uint8', 256],
  ['Uint8', -1],
  ['Uint16', '65536'],
  ['Uint32', 2 ** 32],
  ['Uint64', 2n ** 64n],
  ['Uint64', -1n],
  ['Int8', 128],
  ['Int16', -32_769],
  ['Int32', '2147483648'],
  ['Int64', 2n ** 63n],
  ['Int64', 1.5],
  ['Int64', 'twelve'],
  ['Int64', ''],
  ['Int64', '0x10'],
  ['Int64', '9'.repeat(1_000)],
  ['Int64', true],
  ['Float32', 1e39],
  ['Float64', '1e999'],
  ['Float64', '1,5'],
  ['Float64', {}],
  ['Bool', 'yes'],
  ['Bool', 2],
  ['String', {}],
  ['Uint8Array', [1, 256]],
  ['Uint8Array', '[1, 2'],
  ['Uint8Array', '1, 2'],
  ['Int64Array', 7],
  ['Float64Array', ['a']],
  ['Binary', 'not base64!'],
  ['Binary', 'QUJ'],
  ['ObjectArray', {}],
  ['Int128', 1],
  ['', 1],
];

describe('a value that does not fit', () => {
  for (const [valueType, value] of WRONG) {
    it(`is refused when sent: ${valueType || 'no value type'} ${String(value).slice(0, 30)}`, () => {
      const options = { ...names, readings: { odd: { valueType } } };
      assert.throws(() => encodeEvent({ fine: 1, odd: value }, options), isInvalidValue);
    });
  }

  for (const [valueType, value] of WRONG.filter(([, value]) => typeof value === 'string')) {
    it(`is refused when received: ${valueType} ${String(value).slice(0, 30)}`, () => {
      const message = received(valueType, value);
      assert.throws(() => decodeMessage(message), isInvalidValue);
    });
  }

  for (const [what, form, odd] of [
    ['NaN in JSON', 'v4', { a: [NaN] }],
    ['more than 64 bits in CBOR', 'cbor', { a: 2n ** 64n }],
    ['a circle in JSON', 'v3', circle()],
    ['a circle in CBOR', 'cbor-payload', circle()],
    ['a getter that throws', 'v4', throwing()],
  ] as const) {
    it(`is refused when written, deep within an object: ${what}`, () => {
      const event = encodeEvent({ fine: { a: 1 }, odd }, names);
      assert.throws(() => encodeMessage(event, { form }), isInvalidValue);
    });
  }

  it('leaves the other readings when faults are collected', () => {
    const { event } = decodeMessage(received('Uint8', '256'), { invalidReadings: 'collect' });
    assert.deepEqual(
      event?.readings.map((reading) => reading.resourceName),
      ['fine'],
    );
    assert.equal(event?.faults?.length, 1);
    assert.ok(isInvalidValue(event.faults[0]));
  });
});

const names = { deviceName: 'device', profileName: 'profile', sourceName: 'source' };

function circle(): object {
  const object: Record<string, unknown> = {};
  object.self = object;
  return object;
}

function throwing(): object {
  return {
    get broken(): never {
      throw new Error('no');
    },
  };
}

function received(valueType: string, value: unknown): Buffer {
  const odd = {
    resourceName: 'odd',
    valueType,
    origin: 1,
    ...(valueType === 'Binary' ? { binaryValue: value } : { value }),
  };
  const fine = { resourceName: 'fine', valueType: 'Int8', origin: 1, value: '1' };
  return Buffer.from(JSON.stringify({ payload: { ...names, origin: 1, readings: [fine, odd] } }));
}

function isInvalidValue(thrown: unknown): boolean {
  const error = thrown as PoolError;
  assert.equal(error.code, 'EDGEX_INVALID_VALUE');
  assert.match(error.message, /^Invalid value of resource "odd": .+\.$/);
  assert.ok(error.message.length < 250, 'the message is short, whatever the value');
  return true;
}
