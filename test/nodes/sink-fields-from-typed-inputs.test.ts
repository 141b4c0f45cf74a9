import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('the fields of a sink', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const { port } = teardown.stopLater(await startMosquitto());
    const env = [{ name: 'PLACE', value: 'cellar', type: 'str' }];
    const flow = await startFlow(teardown, [
      { ...TAB, env },
      profile(port, { protocolVersion: '5' }),
      source(),
      sink(properties),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    await flow.connected('source', 'sink');
    return { flow, got: flow.received('got'), caught: flow.received('caught') };
  }

  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['a message property', { topic: 'where.to[0]', topicType: 'msg' }, { where: { to: ['kitchen'] } }],
    ['an environment variable', { topic: 'PLACE', topicType: 'env' }, {}],
    ['flow context', { topic: 'place', topicType: 'flow' }, {}],
    ['global context', { topic: 'place', topicType: 'global' }, {}],
    ['JSONata', { topic: '"room/" & where', topicType: 'jsonata' }, { where: 'attic' }],
  ];
  const topics = ['kitchen', 'cellar', 'from/flow', 'from/global', 'room/attic'];
  for (const [index, [name, properties, message]] of cases.entries()) {
    it(`come from ${name}`, async () => {
      const { flow, got } = await start(properties);
      const context = flow.node('sink').context();
      context.flow.set('place', 'from/flow');
      context.global.set('place', 'from/global');
      flow.send('sink', { ...message, payload: 'x', topic: 'not this' });
      await waitFor(() => got.length === 1, 'the message');
      assert.equal(got[0]?.topic, topics[index]);
    });
  }

  it('come from all of them together', async () => {
    const { flow, got } = await start({
      topic: 'place',
      topicType: 'flow',
      qos: 'level',
      qosType: 'msg',
      retain: 'true',
      retainType: 'bool',
      contentType: '"text/" & kind',
      contentTypeType: 'jsonata',
      userProps: '{"a":"b"}',
      userPropsType: 'json',
      correl: 'id',
      expiry: '60',
      respTopic: 'PLACE',
      respTopicType: 'env',
    });
    flow.node('sink').context().flow.set('place', 'x');
    flow.send('sink', { payload: 'p', level: 1, kind: 'plain' });
    await waitFor(() => got.length === 1, 'the message');
    const { topic, qos, retain, contentType, userProperties, correlationData, responseTopic } =
      got[0] as NodeMessageInFlow;
    assert.deepEqual([topic, qos, retain, contentType], ['x', 1, true, 'text/plain']);
    assert.deepEqual([userProperties, correlationData, responseTopic], [{ a: 'b' }, Buffer.from('id'), 'cellar']);
  });

  it('fall back to the message where they are unset', async () => {
    const { flow, got } = await start({ topic: 'no.such.thing', topicType: 'msg' });
    flow.send('sink', { payload: 'x', topic: 'fallback' });
    await waitFor(() => got.length === 1, 'the message');
    assert.equal(got[0]?.topic, 'fallback');
  });

  for (const [name, properties] of [
    ['JSONata that cannot be parsed', { topic: '"a" &', topicType: 'jsonata' }],
    ['JSONata that fails', { topic: '$number("x")', topicType: 'jsonata' }],
    ['user properties that are not JSON', { topic: 'a', userProps: '{' }],
  ] as const) {
    it(`are an error of the message with ${name}`, async () => {
      const { flow, caught } = await start(properties);
      flow.send('sink', { payload: 'x' });
      await waitFor(() => caught.length === 1, 'the error');
      assert.equal(caughtCode(caught[0]), 'INVALID_TYPED_INPUT');
    });
  }
});
