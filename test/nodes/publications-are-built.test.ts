import assert from 'node:assert/strict';
import { toOutgoingMessage } from '../../src/runtime/outgoing-message';

describe('publications are built from message and node', () => {
  it('the settings of the node win', () => {
    const message = { topic: 'msg', payload: 1, qos: 2, retain: false };
    assert.deepEqual(toOutgoingMessage(message, { topic: 'node', qos: '1', retain: 'true' }, 4), {
      topic: 'node',
      payload: '1',
      qos: 1,
      retain: true,
    });
  });

  it('what is unset is up to the message', () => {
    const message = { topic: 'msg', payload: 'x', qos: '2', retain: 'true' };
    assert.deepEqual(toOutgoingMessage(message, { topic: '', qos: '', retain: null }, 4), {
      topic: 'msg',
      payload: 'x',
      qos: 2,
      retain: true,
    });
  });

  it('QoS falls to 0 and retain to false', () => {
    assert.deepEqual(toOutgoingMessage({ topic: 't', payload: '' }, {}, 4), {
      topic: 't',
      payload: '',
      qos: 0,
      retain: false,
    });
  });

  it('the message of the flow stays as it was', () => {
    const message = Object.freeze({ topic: 'a', payload: { x: 1 }, qos: '1', userProperties: { n: 1 } });
    toOutgoingMessage(message, { topic: 'b', userProperties: { m: 2 } }, 5);
    assert.deepEqual(message, { topic: 'a', payload: { x: 1 }, qos: '1', userProperties: { n: 1 } });
  });

  for (const qos of [3, -1, '3', 'x', 1.5, true, {}]) {
    it(`QoS ${JSON.stringify(qos)} is refused`, () => {
      assert.throws(() => toOutgoingMessage({ topic: 't', payload: '', qos }, {}, 4), { code: 'MQTT_INVALID_QOS' });
      assert.throws(() => toOutgoingMessage({ topic: 't', payload: '' }, { qos }, 4), { code: 'MQTT_INVALID_QOS' });
    });
  }

  for (const topic of [undefined, null, '', 5, {}]) {
    it(`topic ${JSON.stringify(topic)} is refused`, () => {
      assert.throws(() => toOutgoingMessage({ topic, payload: '' }, {}, 4), { code: 'MQTT_INVALID_TOPIC' });
    });
  }
});

describe('MQTT 5 properties of a publication', () => {
  const message = {
    topic: 't',
    payload: '',
    responseTopic: 'r',
    correlationData: 'c',
    contentType: 'text/plain',
    messageExpiryInterval: '60',
    payloadFormatIndicator: 'true',
    userProperties: { a: 'b', n: 1, no: null, fn: () => 1 },
    topicAlias: '7',
  };

  it('come from the message', () => {
    assert.deepEqual(toOutgoingMessage(message, {}, 5).properties, {
      responseTopic: 'r',
      correlationData: Buffer.from('c'),
      contentType: 'text/plain',
      messageExpiryInterval: 60,
      payloadFormatIndicator: true,
      userProperties: { a: 'b', n: '1' },
      topicAlias: 7,
    });
  });

  it('come from the node where it sets them', () => {
    const fields = { responseTopic: 'R', contentType: 'C', messageExpiryInterval: 5, userProperties: { z: 'y' } };
    const properties = toOutgoingMessage(message, { ...fields, correlationData: Buffer.from('K') }, 5).properties;
    assert.deepEqual(
      { ...properties, payloadFormatIndicator: undefined, topicAlias: undefined },
      { ...fields, correlationData: Buffer.from('K'), payloadFormatIndicator: undefined, topicAlias: undefined },
    );
  });

  it('are built before the version is known, and not for an older one', () => {
    assert.equal(toOutgoingMessage(message, {}, undefined).properties?.responseTopic, 'r');
    assert.equal(toOutgoingMessage(message, {}, 4).properties, undefined);
  });

  it('are left out where they could not be sent', () => {
    const odd = {
      topic: 't',
      payload: '',
      contentType: 5,
      messageExpiryInterval: -1,
      topicAlias: 0,
      userProperties: {},
    };
    assert.deepEqual(toOutgoingMessage(odd, {}, 5).properties, {});
    assert.equal('properties' in toOutgoingMessage({ topic: 't', payload: '' }, {}, 5), false);
  });

  it('with correlation data that is neither text nor bytes are refused', () => {
    const odd = { topic: 't', payload: '', correlationData: 5 };
    assert.throws(() => toOutgoingMessage(odd, {}, 5), { code: 'MQTT_INVALID_PROPERTY' });
  });

  it('let a message without topic go to its response topic', () => {
    const answer = { ...message, topic: undefined };
    assert.equal(toOutgoingMessage(answer, {}, 5).topic, 'r');
    assert.throws(() => toOutgoingMessage(answer, {}, 4), { code: 'MQTT_INVALID_TOPIC' });
  });
});
