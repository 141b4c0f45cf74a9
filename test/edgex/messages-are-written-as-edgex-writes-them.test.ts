/** What is on the wire, text by text: field names, their order and the text forms of values are those of EdgeX. */
import assert from 'node:assert/strict';
import { decodeCbor } from '../../src/edgex/cbor-decode';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';
import { edgexFixture } from '../support/edgex-fixtures';

const event = encodeEvent(
  { it: 50 },
  {
    deviceName: 'd',
    profileName: 'p',
    sourceName: 'it',
    id: 'e',
    origin: 1_602_168_089_665_565_200n,
    readings: { it: { valueType: 'Float64', id: 'r', units: 'C' } },
  },
);

const READING =
  '{"id":"r","origin":1602168089665565200,"deviceName":"d","resourceName":"it","profileName":"p","valueType":"Float64","units":"C","value":"5e+01"}';
const EVENT = `{"apiVersion":"v3","id":"e","deviceName":"d","profileName":"p","sourceName":"it","origin":1602168089665565200,"readings":[${READING}]}`;

function envelope(payload: string, contentType = 'application/json', requestId = '', errorCode = 0): string {
  return `{"apiVersion":"v3","receivedTopic":"","correlationID":"c","requestID":"${requestId}","errorCode":${errorCode},"payload":${payload},"contentType":"${contentType}"}`;
}

function base64(text: string): string {
  return `"${Buffer.from(text).toString('base64')}"`;
}

describe('a message', () => {
  it('has a plain payload in the form v4', () => {
    assert.equal(String(encodeMessage(event, { form: 'v4', correlationId: 'c' })), envelope(EVENT));
  });

  it('has a base64 payload in the form v3', () => {
    assert.equal(String(encodeMessage(event, { form: 'v3', correlationId: 'c' })), envelope(base64(EVENT)));
  });

  it('has an AddEventRequest as a request', () => {
    const written = encodeMessage(event, { form: 'v4', messageType: 'request', correlationId: 'c', requestId: 'q' });
    assert.equal(
      String(written),
      envelope(`{"apiVersion":"v3","requestId":"q","event":${EVENT}}`, 'application/json', 'q'),
    );
  });

  it('leaves out what the event says when shortened', () => {
    const written = encodeMessage(event, { form: 'v4', correlationId: 'c', shortened: true });
    assert.equal(
      String(written),
      envelope(EVENT.replace(READING, '{"valueType":"Float64","units":"C","value":"5e+01"}')),
    );
  });

  it('has a CBOR payload as base64 in the form cbor-payload, with bytes as bytes', () => {
    const picture = encodeEvent({ it: Buffer.from([1]) }, { deviceName: 'd', profileName: 'p', sourceName: 's' });
    const written = JSON.parse(String(encodeMessage(picture, { form: 'cbor-payload' }))) as Record<string, string>;
    assert.equal(written.contentType, 'application/cbor');
    const payload = decodeCbor(Buffer.from(written.payload ?? '', 'base64')) as {
      readings: { binaryValue: unknown }[];
    };
    assert.deepEqual(payload.readings[0]?.binaryValue, Buffer.from([1]));
  });

  it('is the same envelope as CBOR in the form cbor', () => {
    const written = decodeCbor(encodeMessage(event, { form: 'cbor', correlationId: 'c' }));
    const expected = JSON.parse(envelope(EVENT)) as { payload: { origin: unknown; readings: { origin: unknown }[] } };
    expected.payload.origin = event.origin;
    for (const reading of expected.payload.readings) reading.origin = event.origin;
    assert.deepEqual(written, expected);
  });

  it('is byte for byte the published message when that is encoded again', () => {
    const published = decodeMessage(edgexFixture('cbor-envelope-event'));
    const { correlationId } = published.envelope;
    const written = encodeMessage(published.event, { form: 'cbor', correlationId, stringArrays: 'plain' });
    assert.equal(written.toString('hex'), edgexFixture('cbor-envelope-event').toString('hex'));
  });

  it('carries an error as a text', () => {
    const options = { correlationId: 'c', requestId: 'q', errorCode: 1 } as const;
    const [v4, v3] = (['v4', 'v3'] as const).map((form) => String(encodeMessage('it failed', { form, ...options })));
    assert.equal(v4, envelope('"it failed"', 'text/plain', 'q', 1));
    assert.equal(v3, envelope(base64('it failed'), 'text/plain', 'q', 1));
  });

  it('carries any other payload as it is', () => {
    const payload = { Setpoint: '21', deep: [2n ** 63n] };
    for (const form of ['v4', 'v3', 'cbor-payload', 'cbor'] as const) {
      const { kind, payload: decoded } = decodeMessage(encodeMessage(payload, { form, queryParams: { a: 'b' } }));
      assert.equal(kind, 'other');
      assert.deepEqual(decoded, payload);
    }
  });

  it('carries an empty payload', () => {
    for (const form of ['v4', 'v3', 'cbor-payload', 'cbor'] as const)
      assert.equal(decodeMessage(encodeMessage(undefined, { form })).payload, null);
  });

  it('has string arrays in the old form on request, if they can be told apart again', () => {
    const texts = (it: string[]) => encodeEvent({ it }, { deviceName: 'd', profileName: 'p', sourceName: 's' });
    const written = encodeMessage(texts(['a', 'b']), { form: 'v4', stringArrays: 'plain' });
    assert.match(String(written), /"value":"\[a, b\]"/);
    assert.match(String(encodeMessage(texts(['a', 'b']), { form: 'v4' })), /"value":"\[\\"a\\",\\"b\\"\]"/);
    assert.throws(() => encodeMessage(texts(['a, b']), { form: 'v4', stringArrays: 'plain' }), {
      code: 'EDGEX_INVALID_VALUE',
    });
  });

  it('refuses anything but an event as an event', () => {
    for (const content of [{}, null, 'x', { readings: [] }])
      assert.throws(() => encodeMessage(content, { form: 'v4', messageType: 'event' }), {
        code: 'EDGEX_INVALID_EVENT',
      });
  });

  it('takes the DTO of an event for an event', () => {
    const { payload, event: decoded } = decodeMessage(edgexFixture('v4-event-of-every-value-type'));
    assert.deepEqual(decodeMessage(encodeMessage(payload, { form: 'v3' })).event, decoded);
  });
});
