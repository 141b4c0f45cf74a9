/** Other packages and Function nodes have the codec from the package itself, without a path into it. */
import assert from 'node:assert/strict';
import {
  decodeCbor,
  decodeMessage,
  type EdgexEvent,
  encodeEvent,
  encodeMessage,
  eventTopic,
  toRedisChannel,
  toRedisPatterns,
} from '../../src/index';

describe('the EdgeX codec of the package', () => {
  it('encodes, decodes and names topics', () => {
    const names = { deviceName: 'pump', profileName: 'pumps', sourceName: 'flow' };
    const event: EdgexEvent = encodeEvent({ flow: 2n ** 63n }, names);
    const message = decodeMessage(encodeMessage(event, { form: 'cbor' }));
    assert.equal(message.event?.readings[0]?.value, 2n ** 63n);
    for (const form of ['v4', 'v3', 'cbor-payload', 'cbor'] as const) {
      const bytes = new Uint8Array(encodeMessage(event, { form }));
      assert.deepEqual(decodeMessage(bytes).event, event);
    }
    const topic = eventTopic({ ...names, serviceName: 'node-red' });
    assert.equal(toRedisChannel(topic), 'edgex.events.device.node-red.pumps.pump.flow');
    assert.deepEqual(toRedisPatterns('edgex/#'), ['edgex.*', 'edgex']);
  });

  it('refuses what is no bytes', () => {
    for (const input of ['{}', 5, null, undefined, {}] as unknown as Uint8Array[]) {
      assert.throws(() => decodeMessage(input), { code: 'EDGEX_INVALID_ENVELOPE' });
      assert.throws(() => decodeCbor(input), { code: 'EDGEX_INVALID_CBOR' });
    }
  });
});
