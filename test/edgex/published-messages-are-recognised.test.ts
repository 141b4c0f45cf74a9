/** Each message in test/fixtures/edgex is recognised by itself: its form, what it is, and whose event it has. */
import assert from 'node:assert/strict';
import { decodeMessage } from '../../src/edgex/envelope';
import type { EdgexEnvelope, EdgexMessage } from '../../src/edgex/types';
import { edgexFixture, edgexFixtures } from '../support/edgex-fixtures';

const EXPECTED: Readonly<
  Record<string, readonly [EdgexMessage['kind'], EdgexEnvelope['form'], readonly unknown[] | undefined]>
> = {
  'bare-event': ['event', 'bare', [72.5, ['a', 'b']]],
  'bare-request': ['request-event', 'bare', [72.5, ['a', 'b']]],
  'cbor-envelope-event': ['event', 'cbor', [72.5, ['a', 'b']]],
  'cbor-envelope-request-of-binary': ['request-event', 'cbor', [72.5, ['a', 'b'], Buffer.from('89504e47', 'hex')]],
  'v2-event-capitalised': ['event', 'v3', [72.5, ['a', 'b']]],
  'v3-error': ['other', 'v3', undefined],
  'v3-event-base64': ['event', 'v3', [72.5, ['a', 'b']]],
  'v3-request-base64': ['request-event', 'v3', [72.5, ['a', 'b']]],
  'v3-request-of-binary-cbor': ['request-event', 'cbor-payload', [72.5, ['a', 'b'], Buffer.from('89504e47', 'hex')]],
  'v4-command-response': ['other', 'v4', [72.5]],
  'v4-error': ['other', 'v4', undefined],
  'v4-event-shortened': ['event', 'v4', [77, 50.5]],
  'v4-event-shortened-to-one-reading': ['event', 'v4', [77]],
  'v4-event-with-extensions': ['event', 'v4', [72.5]],
  'v4-metric': ['other', 'v4', undefined],
  'v4-request': ['request-event', 'v4', [72.5, ['a', 'b']]],
};

describe('a message of the EdgeX bus', () => {
  for (const { name, bytes } of edgexFixtures()) {
    // Its values are another test.
    if (name === 'v4-event-of-every-value-type') continue;
    it(`is recognised: ${name}`, () => {
      const { kind, envelope, event } = decodeMessage(bytes);
      assert.deepEqual([kind, envelope.form, event?.readings.map((reading) => reading.value)], EXPECTED[name]);
      if (event)
        assert.deepEqual(
          [event.deviceName, event.profileName, event.origin],
          ['device-002', 'profile-0', 1_602_168_089_665_565_200n],
        );
    });
  }

  it('keeps what the envelope says', () => {
    assert.deepEqual(decodeMessage(edgexFixture('v3-event-base64')).envelope, {
      form: 'v3',
      apiVersion: 'v3',
      correlationId: '14a42ea6-c394-41c3-8bcd-a29b9f5e6835',
      requestId: '',
      errorCode: 0,
      contentType: 'application/json',
      receivedTopic: '',
      queryParams: { 'ds-pushevent': 'true' },
    });
  });

  for (const name of ['v3-error', 'v4-error']) {
    it(`gives the text of an error: ${name}`, () => {
      const { envelope, payload } = decodeMessage(edgexFixture(name));
      assert.equal(envelope.errorCode, 1);
      assert.equal(payload, 'device device-404 not found');
    });
  }

  it('restores what EDGEX_OPTIMIZE_EVENT_PAYLOAD leaves out', () => {
    const [first, second] = decodeMessage(edgexFixture('v4-event-shortened')).event?.readings ?? [];
    const names = { id: '', deviceName: 'device-002', profileName: 'profile-0' };
    const origin = 1_602_168_089_665_565_200n;
    assert.deepEqual(first, { ...names, origin, resourceName: 'Temperature', valueType: 'Int32', value: 77 });
    assert.deepEqual(second, {
      ...names,
      origin: origin + 5n,
      resourceName: 'Humidity',
      valueType: 'Float32',
      value: 50.5,
    });
    const single = decodeMessage(edgexFixture('v4-event-shortened-to-one-reading')).event?.readings[0];
    assert.equal(single?.resourceName, 'Temperature');
  });

  it('keeps further keys of an event', () => {
    const { event } = decodeMessage(edgexFixture('v4-event-with-extensions'));
    assert.deepEqual(event?.extensions, { extra: { since: '4.1' } });
    assert.deepEqual(event?.tags, { line: '7' });
  });
});
