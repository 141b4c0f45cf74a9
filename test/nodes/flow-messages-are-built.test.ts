import assert from 'node:assert/strict';
import { toFlowMessage } from '../../src/runtime/incoming-message';

const properties = {
  responseTopic: 'r',
  correlationData: Buffer.from('c'),
  contentType: 'text/plain',
  messageExpiryInterval: 0,
  payloadFormatIndicator: false,
  reasonString: 'why',
  userProperties: { a: 'b', twice: ['1', '2'] },
};
const plain = { topic: 't', payload: Buffer.from('x'), qos: 1, retain: true } as const;
const publication = { ...plain, properties };

describe('flow messages are built from publications', () => {
  it('with all fields of the core node', () => {
    assert.deepEqual(toFlowMessage(publication, 'utf8', false), {
      topic: 't',
      payload: 'x',
      qos: 1,
      retain: true,
      ...properties,
      userProperties: { a: 'b', twice: '["1","2"]' },
    });
  });

  it('with the four plain ones before MQTT 5', () => {
    assert.deepEqual(toFlowMessage(plain, 'utf8', false), { topic: 't', payload: 'x', qos: 1, retain: true });
  });

  it('with a copy of the topic where that is asked for', () => {
    assert.equal(toFlowMessage(publication, 'utf8', true)['_topic'], 't');
  });

  it('sharing nothing with other receivers', () => {
    const message = toFlowMessage(publication, 'buffer', false);
    (message.payload as Buffer).fill(0);
    (message['correlationData'] as Buffer).fill(0);
    (message['userProperties'] as Record<string, string>)['a'] = 'changed';
    assert.deepEqual(publication.payload, Buffer.from('x'));
    assert.deepEqual(properties.correlationData, Buffer.from('c'));
    assert.equal(properties.userProperties.a, 'b');
  });
});
