/** JSON is read and written without loss, and read as strictly as `JSON.parse` reads it. */
import assert from 'node:assert/strict';
import type { PoolError } from '../../src/core/errors';
import { parseExactJson, parseExactJsonBytes } from '../../src/edgex/exact-json';
import { writeExactJson } from '../../src/edgex/write-exact-json';
import { Random } from '../support/random';

const VALID = [
  '{"a":[1,-2.5e-3,true,false,null,"x"],"b":{}}',
  ' [ ] ',
  '"\\u00e9\\n\\\\\\"/"',
  '"\\\\"',
  '0',
  '-0.0e+1',
  '1E400',
  '[[[]]]',
  '{"":""}',
  '{"a":1,"a":2}',
  '{"__proto__":{"a":1},"constructor":2}',
];

const INVALID = [
  '',
  ' ',
  '{',
  '[1,]',
  '{"a":1,}',
  '{"a" 1}',
  '{a:1}',
  "{'a':1}",
  '01',
  '1.',
  '.5',
  '+1',
  '-',
  '1e',
  'NaN',
  'Infinity',
  'nul',
  'true1',
  '"\t"',
  '"\\x"',
  '"\\u12"',
  '"abc',
  '"abc\\"',
  '[1 2]',
  '{}{}',
  '[1]x',
  '\u00a0[]',
  '/**/1',
];

const CHARACTERS = '{}[]":,0-1.eE+\\untx\n'.split('');

describe('exact JSON', () => {
  for (const text of VALID) {
    it(`reads as JSON.parse: ${text}`, () => assert.deepEqual(parseExactJson(text), JSON.parse(text)));
  }

  for (const text of INVALID) {
    it(`refuses as JSON.parse: ${JSON.stringify(text)}`, () => {
      assert.throws(() => JSON.parse(text));
      assert.throws(() => parseExactJson(text), { code: 'EDGEX_INVALID_JSON' });
    });
  }

  it('keeps whole numbers beyond 2^53', () => {
    const text = '[9007199254740991,9007199254740992,-9007199254740993,18446744073709551615,1e3]';
    const expected = [
      9_007_199_254_740_991,
      9_007_199_254_740_992n,
      -9_007_199_254_740_993n,
      18_446_744_073_709_551_615n,
      1000,
    ];
    assert.deepEqual(parseExactJson(text), expected);
    assert.equal(writeExactJson(expected), text.replace('1e3', '1000'));
  });

  it('agrees with JSON.parse on damaged texts', () => {
    const random = new Random(936);
    for (let times = 0; times < 3_000; times += 1) {
      const text = random.pick(VALID).split('');
      for (let changes = random.int(1, 3); changes > 0; changes -= 1)
        text.splice(random.int(0, text.length), random.int(0, 2), random.pick(CHARACTERS));
      const damaged = text.join('');
      assert.equal(
        reads(() => parseExactJson(damaged)),
        reads(() => JSON.parse(damaged)),
        damaged,
      );
    }
  });

  it('says where it goes wrong', () => {
    assert.throws(
      () => parseExactJson('{"a": tru}'),
      (thrown: PoolError) => /at character 7: /.test(thrown.message),
    );
  });

  it('refuses bytes that are not UTF-8, numbers without end and depth without end', () => {
    for (const bytes of [
      Buffer.from([0x22, 0xff, 0x22]),
      Buffer.from('9'.repeat(1_000_000)),
      Buffer.from('['.repeat(1_000_000)),
    ])
      assert.throws(() => parseExactJsonBytes(bytes), { code: 'EDGEX_INVALID_JSON' });
  });

  it('writes what JSON.stringify writes', () => {
    const value = {
      a: [undefined, () => 1, 'ü"\\\u2028\ud800'],
      b: undefined,
      c: new Date(0),
      d: -0,
      e: { toJSON: 1 },
      f: 1e21,
    };
    assert.equal(writeExactJson(value), JSON.stringify(value));
    assert.equal(writeExactJson(undefined), undefined);
  });

  it('refuses to write what JSON has not', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    for (const value of [NaN, [Infinity], circular])
      assert.throws(() => writeExactJson(value), { code: 'EDGEX_INVALID_VALUE' });
  });
});

function reads(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
