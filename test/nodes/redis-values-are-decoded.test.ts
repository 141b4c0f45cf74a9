import assert from 'node:assert/strict';
import { decodeValue, type PayloadFormat } from '../../src/runtime/redis-payload';

describe('values from Redis are decoded', () => {
  const binary = Buffer.from([0, 255]);
  const cases: [PayloadFormat, string | Buffer, unknown][] = [
    ['string', '{"a":1}', '{"a":1}'],
    ['string', '5', '5'],
    ['buffer', binary, binary],
    ['json', '{"a":[1]}', { a: [1] }],
    ['json', ' "text" ', 'text'],
    ['json', '12345678901234567890', 12345678901234567000],
    ['auto', '{"a":1}', { a: 1 }],
    ['auto', '[1]', [1]],
    ['auto', '"quoted"', 'quoted'],
    ['auto', 'true', true],
    ['auto', 'null', null],
    ['auto', '-1.5', -1.5],
    ['auto', '1.0', '1.0'],
    ['auto', '007', '007'],
    ['auto', '12345678901234567890', '12345678901234567890'],
    ['auto', 'plain', 'plain'],
    ['auto', '', ''],
    ['auto', '{broken', '{broken'],
    ['auto', binary, binary],
  ];
  for (const [format, bytes, value] of cases) {
    it(`${JSON.stringify(bytes.toString())} as ${format}`, () =>
      assert.deepEqual(decodeValue(Buffer.from(bytes as string), format), value));
  }

  for (const [name, bytes] of [
    ['text', Buffer.from('plain')],
    ['nothing', Buffer.alloc(0)],
    ['bytes', binary],
  ] as const) {
    it(`but not ${name} as json`, () => assert.throws(() => decodeValue(bytes, 'json'), { code: 'INVALID_JSON' }));
  }
});
