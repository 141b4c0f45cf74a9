/** Each property of `mqtt in` and `mqtt out` becomes what it means to the core nodes, also where it is missing. */
import assert from 'node:assert/strict';
import { codes, convert } from '../support/move-over';

describe('move over: core nodes', () => {
  it('mqtt in becomes a source with the same subscription', async () => {
    const given = { type: 'mqtt in', topic: 'a/+', qos: '1', datatype: 'json', nl: true, rap: false, rh: 2, inputs: 0 };
    const { type, properties } = await convert('mqtt', given);
    assert.equal(type, 'pool-mqtt-source');
    const expected = {
      topic: 'a/+',
      qos: '1',
      datatype: 'json',
      nl: true,
      rap: false,
      rh: '2',
      acknowledge: 'receipt',
      inputs: 0,
    };
    assert.deepEqual(properties, expected);
  });

  it('mqtt in of an old Node-RED gives text at QoS 2, and the retain flag as 3.1.1 has it', async () => {
    const { properties } = await convert('mqtt', { type: 'mqtt in', topic: '#' });
    const { qos, datatype, nl, rap, rh } = properties;
    assert.deepEqual({ qos, datatype, nl, rap, rh }, { qos: '2', datatype: 'utf8', nl: false, rap: false, rh: '0' });
  });

  it('a dynamic mqtt in stays one', async () => {
    for (const inputs of [1, '1']) {
      const { properties } = await convert('mqtt', {
        type: 'mqtt in',
        topic: '',
        qos: '0',
        datatype: 'auto-detect',
        inputs,
      });
      assert.equal(properties['inputs'], 1);
    }
  });

  const read: [unknown, string][] = [
    ['auto', 'auto'],
    ['auto-detect', 'auto-detect'],
    ['base64', 'base64'],
    ['buffer', 'buffer'],
    ['something', 'auto'],
    ['', 'utf8'],
  ];
  for (const [given, expected] of read) {
    it(`the output "${String(given)}" becomes "${expected}"`, async () => {
      const { properties } = await convert('mqtt', { type: 'mqtt in', datatype: given });
      assert.equal(properties['datatype'], expected);
    });
  }

  it('mqtt out becomes a sink with the same fields', async () => {
    const given = {
      type: 'mqtt out',
      topic: 'a/b',
      qos: '2',
      retain: 'true',
      respTopic: 're',
      contentType: 'text/plain',
      userProps: '{"a":"b"}',
      correl: 'c',
      expiry: '60',
    };
    const { type, properties } = await convert('mqtt', given);
    assert.equal(type, 'pool-mqtt-sink');
    assert.deepEqual(properties, {
      topic: 'a/b',
      topicType: 'str',
      qos: '2',
      qosType: 'str',
      retain: 'true',
      retainType: 'str',
      respTopic: 're',
      respTopicType: 'str',
      contentType: 'text/plain',
      contentTypeType: 'str',
      userProps: '{"a":"b"}',
      userPropsType: 'json',
      correl: 'c',
      correlType: 'str',
      expiry: '60',
      expiryType: 'str',
      datatype: 'auto',
    });
  });

  it('mqtt out leaves to the message what it left to it before', async () => {
    for (const given of [{ qos: '', retain: '' }, { qos: 0, retain: false }, {}]) {
      const { properties } = await convert('mqtt', { type: 'mqtt out', ...given });
      assert.deepEqual([properties['qos'], properties['retain']], ['', '']);
    }
    const fixed = await convert('mqtt', { type: 'mqtt out', qos: '0', retain: true });
    assert.deepEqual([fixed.properties['qos'], fixed.properties['retain']], ['0', 'true']);
  });

  it('mqtt out loses user properties that are no JSON object, which were never sent, and says so', async () => {
    const converted = await convert('mqtt', { type: 'mqtt out', userProps: 'a=b' });
    assert.deepEqual([converted.properties['userProps'], converted.properties['userPropsType']], ['', 'str']);
    assert.deepEqual(codes(converted).remarks, ['ignored']);
  });
});
