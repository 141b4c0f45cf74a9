import assert from 'node:assert/strict';
import type { PoolError } from '../../src/core/errors';
import { commandValues } from '../../src/edgex/command-values';

describe('values of a write command', () => {
  it('are text where a device service would read something else', () => {
    const date = new Date(0);
    assert.deepEqual(
      commandValues({
        million: 1_000_000,
        large: 2n ** 63n,
        half: 0.5,
        on: false,
        text: 'as it is',
        none: null,
        left: undefined,
        numbers: [1, 2.5],
        large64: [2n ** 60n],
        bools: [true],
        words: ['a', 'b, c'],
        typed: new Float32Array([0.5]),
        bytes: Buffer.from([1, 2]),
        object: { a: 1 },
        objects: [{ a: 1 }],
        date,
      }),
      {
        million: '1000000',
        large: '9223372036854775808',
        half: '0.5',
        on: 'false',
        text: 'as it is',
        none: null,
        numbers: '[1,2.5]',
        large64: '[1152921504606846976]',
        bools: '[true]',
        words: '["a","b, c"]',
        typed: '[0.5]',
        bytes: 'AQI=',
        object: { a: 1 },
        objects: [{ a: 1 }],
        date: date.toJSON(),
      },
    );
  });

  it('can have any name', () => {
    const values = commandValues(JSON.parse('{"__proto__": 1, "constructor": 2}'));
    assert.deepEqual(Object.entries(values), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });

  it('are refused naming the resource', () => {
    for (const odd of [Number.NaN, [Number.NaN], () => 1])
      assert.throws(() => commandValues({ odd }), { code: 'EDGEX_INVALID_VALUE', message: /resource "odd"/ });
  });

  it('are refused if they are no data', () => {
    for (const values of [5, 'text', null, [1], { f: () => 1 }, { n: Number.NaN }]) {
      assert.throws(
        () => commandValues(values),
        (thrown: PoolError) => thrown.code === 'EDGEX_INVALID_VALUE',
      );
    }
  });
});
