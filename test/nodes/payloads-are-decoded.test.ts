import assert from 'node:assert/strict';
import type { MessageProperties } from '../../src/drivers/mqtt/session';
import { decodePayload } from '../../src/runtime/payload-decoder';

const NOT_UTF8 = Buffer.from([0xff, 0xfe, 0x00]);

function decode(payload: string | Buffer, datatype: string, properties?: MessageProperties): unknown {
  return decodePayload(Buffer.from(payload as string), datatype, properties);
}

describe('payloads are decoded', () => {
  it('by detection: JSON, else text, else a buffer', () => {
    assert.deepEqual(decode('{"a":[1]}', 'auto-detect'), { a: [1] });
    assert.equal(decode(' 21.5 ', 'auto-detect'), 21.5);
    assert.equal(decode('21.5 C', 'auto-detect'), '21.5 C');
    assert.equal(decode('-1e3', 'auto-detect'), -1000);
    assert.equal(decode('"x"', 'auto-detect'), 'x');
    assert.equal(decode('hello', 'auto-detect'), 'hello');
    assert.equal(decode('', 'auto-detect'), '');
    assert.equal(decode('\ufeff{}', 'auto-detect'), '\ufeff{}');
    assert.deepEqual(decode(NOT_UTF8, 'auto-detect'), NOT_UTF8);
  });

  it('by detection of the literals', () => {
    const texts = ['true', '\t false\r\n', 'null', 'truest', 'nothing', 'f'];
    assert.deepEqual(
      texts.map((text) => decode(text, 'auto-detect')),
      [true, false, null, 'truest', 'nothing', 'f'],
    );
  });

  it('without parsing in the older automatic mode', () => {
    assert.equal(decode('{"a":1}', 'auto'), '{"a":1}');
    assert.deepEqual(decode(NOT_UTF8, 'auto'), NOT_UTF8);
  });

  it('as asked for', () => {
    assert.equal(decode('{"a":1}', 'utf8'), '{"a":1}');
    assert.equal(decode(NOT_UTF8, 'utf8'), '\ufffd\ufffd\u0000');
    assert.equal(decode('hi', 'base64'), 'aGk=');
    assert.deepEqual(decode('hi', 'buffer'), Buffer.from('hi'));
    assert.deepEqual(decode('{"a":1}', 'json'), { a: 1 });
  });

  it('into a buffer of the flow, not the shared one', () => {
    const shared = Buffer.from(NOT_UTF8);
    for (const [datatype, properties] of [
      ['buffer', {}],
      ['auto-detect', {}],
      ['auto', { contentType: 'image/png' }],
    ] as const) {
      const own = decodePayload(shared, datatype, properties) as Buffer;
      assert.ok(Buffer.isBuffer(own));
      own.fill(0);
      assert.deepEqual(shared, NOT_UTF8);
    }
  });

  it('by content type in the automatic modes', () => {
    assert.equal(decode('{"a":1}', 'auto-detect', { contentType: 'text/plain' }), '{"a":1}');
    assert.deepEqual(decode('text', 'auto-detect', { contentType: 'Image/PNG' }), Buffer.from('text'));
    assert.deepEqual(decode('[1]', 'auto-detect', { contentType: 'application/json' }), [1]);
    assert.equal(decode('[1]', 'auto', { contentType: 'application/json' }), '[1]');
    assert.deepEqual(decode('[1]', 'auto-detect', { contentType: 'application/unheard-of' }), [1]);
    assert.equal(decode('[1]', 'utf8', { contentType: 'application/json' }), '[1]');
  });

  it('as text when the sender says it is UTF-8', () => {
    assert.equal(decode(NOT_UTF8, 'auto-detect', { payloadFormatIndicator: true }), '\ufffd\ufffd\u0000');
  });

  it('or refused when they had to be JSON', () => {
    const error = { code: 'INVALID_JSON' };
    assert.throws(() => decode('{', 'json'), error);
    assert.throws(() => decode(NOT_UTF8, 'json'), error);
    assert.throws(() => decode('{', 'auto-detect', { contentType: 'application/json' }), error);
    assert.throws(() => decode('{', 'auto', { contentType: 'application/json' }), error);
  });
});
