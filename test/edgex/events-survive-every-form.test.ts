/** What is encoded in any form is decoded to the same event, whichever form the receiver was told: none. */
import assert from 'node:assert/strict';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';
import type { EdgexForm } from '../../src/edgex/types';

const FORMS: readonly EdgexForm[] = ['v4', 'v3', 'cbor-payload', 'cbor'];

const event = encodeEvent(
  {
    whole: 21,
    float: 21.5,
    flag: true,
    text: 'a, "b" ü',
    bytes: Buffer.from([0, 255, 128]),
    wholes: [1, 2],
    floats: [1.5, 2],
    texts: ['a', 'b, c'],
    object: { nested: [1, { deep: null }], constructor: 'data' },
    objects: [{ a: 1 }, { a: 2 }],
    huge: 10_796_529_505_058_023_104n,
    small: new Float32Array([3.14]),
    nothing: null,
  },
  {
    deviceName: 'device',
    profileName: 'profile',
    sourceName: 'source',
    tags: { site: 'here', serial: 2n ** 60n },
    readings: {
      whole: { valueType: 'Uint8', units: 'C', tags: { sensor: 1 } },
      nothing: { valueType: 'Int32' },
    },
  },
);

describe('an event', () => {
  for (const form of FORMS) {
    it(`survives the form ${form}`, () => {
      const { kind, envelope, event: decoded } = decodeMessage(encodeMessage(event, { form, correlationId: 'c-1' }));
      assert.equal(kind, 'event');
      assert.equal(envelope.correlationId, 'c-1');
      assert.deepEqual(decoded, event);
    });

    it(`survives the form ${form} within a request`, () => {
      const { kind, event: decoded } = decodeMessage(encodeMessage(event, { form, messageType: 'request' }));
      assert.equal(kind, 'request-event');
      assert.deepEqual(decoded, event);
    });

    it(`survives the form ${form} shortened, but for the ids of its readings`, () => {
      const { event: decoded } = decodeMessage(encodeMessage(event, { form, shortened: true }));
      assert.deepEqual(decoded, { ...event, readings: event.readings.map((reading) => ({ ...reading, id: '' })) });
    });
  }
});
