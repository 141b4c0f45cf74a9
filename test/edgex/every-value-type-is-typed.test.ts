/** A reading of each value type, in each form its value has on the bus, becomes a value of JavaScript without loss. */
import assert from 'node:assert/strict';
import { decodeMessage } from '../../src/edgex/envelope';
import { VALUE_TYPES } from '../../src/edgex/value-types';
import { edgexFixture } from '../support/edgex-fixtures';

const VALUES: Readonly<Record<string, unknown>> = {
  Bool: true,
  String: '20 °C, "warm"',
  Uint8: 255,
  Uint16: 65_535,
  Uint32: 4_294_967_295,
  Uint64: 18_446_744_073_709_551_615n,
  Int8: -128,
  Int16: -32_768,
  Int32: -2_147_483_648,
  Int64: -9_223_372_036_854_775_808n,
  Float32: 3.14,
  Float64: -Number.MAX_VALUE,
  BoolArray: [true, false, true],
  StringArrayOld: ['left', 'right'],
  StringArrayNew: ['a, b', 'c'],
  Uint8Array: [0, 255],
  Uint16Array: [0, 65_535],
  Uint32Array: [0, 4_294_967_295],
  Uint64Array: [0, 18_446_744_073_709_551_615n],
  Int8Array: [-128, 127],
  Int16Array: [-32_768, 32_767],
  Int32Array: [-2_147_483_648, 2_147_483_647],
  Int64Array: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
  Float32Array: [1.1, 2.2],
  Float64Array: [1e-7, NaN, Infinity],
  Float64ArrayQuoted: [1.5, 2.5],
  Binary: Buffer.from('89504e47', 'hex'),
  Object: { serial: 9_007_199_254_740_993n, nested: { on: true, none: null } },
  ObjectArray: [{ x: 1 }, { x: 2.5 }],
  NullInt: null,
  NullBinary: null,
  NullObject: null,
  NumericInt64: 9_223_372_036_854_775_807n,
  NumericFloat64: 21.5,
  NumericArray: [1, 9_223_372_036_854_775_807n],
};

const readings = decodeMessage(edgexFixture('v4-event-of-every-value-type')).event?.readings ?? [];

describe('a reading', () => {
  for (const { resourceName, valueType, value } of readings) {
    it(`has a typed value: ${resourceName} (${valueType})`, () => assert.deepEqual(value, VALUES[resourceName]));
  }

  it('is there for every value type', () => {
    const seen = new Set(readings.map((reading) => reading.valueType));
    assert.deepEqual(
      VALUE_TYPES.filter((valueType) => !seen.has(valueType)),
      [],
    );
  });

  it('keeps its units, tags, media type and its own origin', () => {
    const byName = new Map(readings.map((reading) => [reading.resourceName, reading]));
    assert.equal(byName.get('String')?.units, 'text');
    assert.deepEqual(byName.get('String')?.tags, { floor: 2 });
    assert.equal(byName.get('Float32')?.units, 'bar');
    assert.equal(byName.get('Binary')?.mediaType, 'image/png');
    assert.equal(byName.get('Bool')?.origin, 1_602_168_089_665_565_201n);
  });
});
