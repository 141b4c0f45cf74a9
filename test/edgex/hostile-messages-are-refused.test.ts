/** Messages that are no messages, lie or are made to harm: an error with a code each, and no prototype is touched. */
import assert from 'node:assert/strict';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';

function codeOf(message: Buffer): string | undefined {
  try {
    decodeMessage(message);
    return undefined;
  } catch (thrown) {
    return (thrown as { code?: string }).code ?? String(thrown);
  }
}

const names = '"deviceName":"d","profileName":"p","sourceName":"s","origin":1';

const REFUSED: readonly (readonly [string, string | Buffer, string])[] = [
  ['nothing', '', 'EDGEX_INVALID_ENVELOPE'],
  ['a text', 'hello', 'EDGEX_INVALID_ENVELOPE'],
  ['an array', '[]', 'EDGEX_INVALID_ENVELOPE'],
  ['blanks', '   ', 'EDGEX_INVALID_JSON'],
  ['an object that is none of EdgeX', '{"a":1}', 'EDGEX_INVALID_ENVELOPE'],
  ['a CBOR map that is none of EdgeX', Buffer.from([0xa0]), 'EDGEX_INVALID_ENVELOPE'],
  ['a tagged CBOR number', Buffer.from([0xc1, 0x01]), 'EDGEX_INVALID_ENVELOPE'],
  ['a payload cut off', '{"payload":{"id":"1', 'EDGEX_INVALID_JSON'],
  [
    'a payload that is neither base64 nor JSON',
    '{"payload":"abc","contentType":"application/json"}',
    'EDGEX_INVALID_ENVELOPE',
  ],
  ['base64 of no JSON', '{"payload":"AAAA","contentType":"application/json"}', 'EDGEX_INVALID_JSON'],
  ['base64 of no CBOR', '{"payload":"/w==","contentType":"application/cbor"}', 'EDGEX_INVALID_CBOR'],
  ['an error code that is no number', '{"errorCode":"1","payload":""}', 'EDGEX_INVALID_ENVELOPE'],
  ['readings that are no objects', `{"payload":{${names},"readings":[7]}}`, 'EDGEX_INVALID_EVENT'],
  ['a reading without a resource', `{"payload":{${names},"readings":[{},{}]}}`, 'EDGEX_INVALID_EVENT'],
  ['a reading without a value type', `{"payload":{${names},"readings":[{"value":"1"}]}}`, 'EDGEX_INVALID_VALUE'],
  [
    'an origin beyond int64',
    `{"payload":{"deviceName":"d","origin":9223372036854775808,"readings":[]}}`,
    'EDGEX_INVALID_EVENT',
  ],
  ['an origin with a fraction', `{"payload":{"deviceName":"d","origin":1.5,"readings":[]}}`, 'EDGEX_INVALID_EVENT'],
  ['a name that is a number', `{"payload":{"deviceName":7,"readings":[]}}`, 'EDGEX_INVALID_EVENT'],
  ['tags that are a text', `{"payload":{${names},"tags":"x","readings":[]}}`, 'EDGEX_INVALID_EVENT'],
  ['endless depth', `{"payload":${'['.repeat(1_000_000)}`, 'EDGEX_INVALID_JSON'],
  [
    'endless depth in base64',
    `{"payload":"${Buffer.from('['.repeat(100_000)).toString('base64')}"}`,
    'EDGEX_INVALID_JSON',
  ],
  ['text that is not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'EDGEX_INVALID_JSON'],
];

describe('a hostile message', () => {
  for (const [what, message, code] of REFUSED) {
    it(`is refused with ${code}: ${what}`, () => {
      assert.throws(() => decodeMessage(Buffer.from(message)), { name: 'PoolError', code });
    });
  }

  for (const valueType of ['Bool', 'Int64', 'Float64', 'Float64Array', 'StringArray', 'Binary', 'Object']) {
    it(`is answered at once, however long the value of ${valueType}`, () => {
      for (const text of ['1'.repeat(300_000), ' '.repeat(300_000), '\\"'.repeat(150_000), '[["'.repeat(100_000)]) {
        for (const value of [text, `${text}x`, `[${text}]`, `["${text}x`]) {
          const reading = { resourceName: 'r', valueType, value, binaryValue: value, objectValue: value };
          const message = Buffer.from(JSON.stringify({ deviceName: 'd', readings: [reading] }));
          assert.ok(['EDGEX_INVALID_VALUE', undefined].includes(codeOf(message)));
        }
      }
    });
  }

  it('never has its content repeated in the error', () => {
    assert.throws(
      () => decodeMessage(Buffer.from('{"payload":"secret-password"}')),
      (thrown: Error) => !thrown.message.includes('secret'),
    );
  });

  it('keeps prototype keys as data and touches no prototype', () => {
    const message = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"payload":{${names},
      "__proto__":{"polluted":1},"tags":{"__proto__":{"polluted":1},"toString":"x"},
      "readings":[{"resourceName":"__proto__","valueType":"Object","objectValue":{"__proto__":{"polluted":1}}},
      {"resourceName":"constructor","valueType":"Int8","value":"1"}]}}`;
    const { event } = decodeMessage(Buffer.from(message));
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    assert.equal(Reflect.get(event ?? {}, 'polluted'), undefined);
    assert.deepEqual(Object.keys(event?.tags ?? {}), ['__proto__', 'toString']);
    assert.deepEqual(Object.keys(event?.extensions ?? {}), ['__proto__']);
    assert.deepEqual(
      event?.readings.map((reading) => reading.resourceName),
      ['__proto__', 'constructor'],
    );
    const value = event?.readings[0]?.value ?? {};
    assert.deepEqual(Object.keys(value), ['__proto__']);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it('does not give inherited names a value', () => {
    const event = encodeEvent({ toString: 1 }, { deviceName: 'd', profileName: 'p', sourceName: 's', readings: {} });
    const [reading] = decodeMessage(encodeMessage(event, { form: 'cbor' })).event?.readings ?? [];
    assert.deepEqual([reading?.resourceName, reading?.valueType, reading?.units], ['toString', 'Int64', undefined]);
  });

  it('ends at a thousand bad readings, even where they are collected', () => {
    const bad = '{"resourceName":"r","valueType":"Int8","value":"x"}';
    const event = (count: number) =>
      Buffer.from(`{"payload":{${names},"readings":[${Array<string>(count).fill(bad).join()}]}}`);
    assert.equal(decodeMessage(event(1000), { invalidReadings: 'collect' }).event?.faults?.length, 1000);
    assert.throws(() => decodeMessage(event(1001), { invalidReadings: 'collect' }), { code: 'EDGEX_INVALID_EVENT' });
  });

  it('is no harm with an event without readings', () => {
    for (const readings of ['null', '[]'])
      assert.deepEqual(decodeMessage(Buffer.from(`{"payload":{${names},"readings":${readings}}}`)).event?.readings, []);
  });
});
