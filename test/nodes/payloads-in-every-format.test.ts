/** The formats that sinks write and sources read: JSON, text, bytes, Base64 and CBOR, with clear errors for what they can't carry. */
import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { decodePayload } from '../../src/runtime/payload-decoder';
import { encodePayload } from '../../src/runtime/payload-encoder';
import type { PayloadFormat } from '../../src/runtime/payload-formats';
import { decodeValue, encodeValue } from '../../src/runtime/redis-payload';

describe('payloads in every format', () => {
  const GO_ROUND: readonly (readonly [PayloadFormat, string, unknown])[] = [
    ['cbor', 'an object', { a: 1, b: [true, null, 'ü', -1.5], c: {} }],
    ['cbor', 'bytes within an object', { bytes: Buffer.from([0, 255]) }],
    ['cbor', 'whole numbers of 64 bits', [2n ** 64n - 1n, -(2n ** 63n)]],
    ['cbor', 'null', null],
    ['cbor', 'NaN', Number.NaN],
    ['cbor', 'a prototype key', JSON.parse('{"__proto__":{"a":1},"constructor":2}')],
    ['json', 'a text', 'in quotes'],
    ['json', 'null', null],
    ['base64', 'a text', Buffer.from([0, 1, 255]).toString('base64')],
    ['buffer', 'bytes', Buffer.from([0, 255])],
    ['string', 'a text', 'ü'],
  ];
  for (const [format, name, value] of GO_ROUND) {
    it(`${format}: ${name} goes round`, () => {
      const mqtt = encodePayload(value, { format, compression: 'none' });
      const redis = encodeValue(value, { format, compression: 'gzip' });
      assert.deepEqual(decodePayload(Buffer.from(mqtt as Buffer), format === 'string' ? 'utf8' : format), value);
      const decompression = { compression: 'gzip', maxBytes: 1000 } as const;
      assert.deepEqual(decodeValue(redis as Buffer, { format, decompression }), value);
    });
  }

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const foreign = (code: string): unknown => runInNewContext(code);
  const REFUSED: readonly (readonly [PayloadFormat, string, unknown])[] = [
    ['cbor', 'nothing', undefined],
    ['cbor', 'a function', () => 1],
    ['cbor', 'a circle', circular],
    ['cbor', 'more than 64 bits', 2n ** 64n],
    ['cbor', 'a Map of a Function node', foreign('new Map([[1, 2]])')],
    ['json', 'a Map of a Function node', foreign('new Map([[1, 2]])')],
    ['json', 'bytes', Buffer.from('a')],
    ['json', 'an ArrayBuffer of a Function node', foreign('new ArrayBuffer(1)')],
    ['base64', 'what is no Base64', 'not base64!'],
    ['base64', 'an object', {}],
    ['string', 'an object', {}],
    ['buffer', 'a number', 1],
  ];
  for (const [format, name, value] of REFUSED) {
    it(`${format}: ${name} is refused`, () => {
      assert.throws(() => encodePayload(value, { format, compression: 'none' }), { code: 'MQTT_INVALID_PAYLOAD' });
      assert.throws(() => encodeValue(value, format), { code: 'REDIS_INVALID_PAYLOAD' });
    });
  }

  for (const [name, hex] of [
    ['cut short', 'a161'],
    ['a length beyond the end', '9bffffffffffffffff'],
    ['too deep', '81'.repeat(1000)],
    ['two values', '0101'],
    ['nothing at all', ''],
  ] as const) {
    it(`cbor: ${name} can not be read`, () => {
      const bytes = Buffer.from(hex, 'hex');
      for (const read of [() => decodePayload(bytes, 'cbor'), () => decodeValue(bytes, 'cbor')])
        assert.throws(read, { code: 'INVALID_CBOR', message: /can't be read as CBOR: at byte \d+:/ });
    });
  }
});
