import assert from 'node:assert/strict';
import { readLifecycleMessage } from '../../src/runtime/mqtt-lifecycle-settings';

describe('birth, close and will messages are read', () => {
  const settings = {
    willTopic: 'state',
    willPayload: 'gone',
    willQos: '1',
    willRetain: 'true',
    willMsg: {
      contentType: 'text/plain',
      userProps: '{"a":"b"}',
      respTopic: 'answer',
      correl: 'id',
      expiry: '10',
      delay: '5',
    },
  };
  const plain = { topic: 'state', payload: 'gone', qos: 1, retain: true };
  const others = {
    contentType: 'text/plain',
    responseTopic: 'answer',
    correlationData: Buffer.from('id'),
    messageExpiryInterval: 10,
    userProperties: { a: 'b' },
  };
  const properties = { ...others, willDelayInterval: 5 };

  it('with their MQTT 5 properties', () => {
    assert.deepEqual(readLifecycleMessage(settings, 'will', true), { ...plain, properties });
  });

  it('without them for an older version', () => {
    assert.deepEqual(readLifecycleMessage(settings, 'will', false), plain);
  });

  it('with a delay for the will only', () => {
    const birth = { birthTopic: 'state', birthMsg: settings.willMsg };
    assert.deepEqual(readLifecycleMessage(birth, 'birth', true)?.properties, others);
  });

  it('as nothing without a topic', () => {
    assert.equal(readLifecycleMessage({ birthTopic: '', birthPayload: 'x' }, 'birth', true), undefined);
  });

  it('with objects as JSON and buffers as they are', () => {
    const payloadOf = (closePayload: unknown) =>
      readLifecycleMessage({ closeTopic: 't', closePayload }, 'close', true)?.payload;
    assert.equal(payloadOf({ a: 1 }), '{"a":1}');
    assert.equal(payloadOf(undefined), '');
    assert.deepEqual(payloadOf(Buffer.from('x')), Buffer.from('x'));
  });

  it('or refused by name when a property cannot work', () => {
    const error = { code: 'MQTT_INVALID_PROFILE', message: /^"willMsg\.userProps"/ };
    const broken = { willTopic: 't', willMsg: { userProps: 'x' } };
    assert.throws(() => readLifecycleMessage(broken, 'will', true), error);
  });
});
