/** Other packages and Function nodes have the codec from the package itself, without a path into it. */
import assert from 'node:assert/strict';
import {
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
    const topic = eventTopic({ ...names, serviceName: 'node-red' });
    assert.equal(toRedisChannel(topic), 'edgex.events.device.node-red.pumps.pump.flow');
    assert.deepEqual(toRedisPatterns('edgex/#'), ['edgex.*', 'edgex']);
  });
});
