import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('the key of a redis sink', () => {
  const teardown = useTeardown();

  async function keysWritten(properties: Record<string, unknown>, messages: readonly Record<string, unknown>[]) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      { ...TAB, env: [{ name: 'PLACE', value: 'cellar', type: 'str' }] },
      redisProfile(server.port),
      redisNode('sink', properties),
      recorder('completed'),
      completer(['sink']),
    ]);
    flow.node('sink').context().flow.set('place', 'from:flow');
    const completed = flow.received('completed');
    for (const message of messages) flow.send('sink', message);
    await waitFor(() => completed.length === messages.length, 'the messages to be done');
    return (await (await server.client()).keysBuffer('*')).toSorted((a, b) => a.compare(b));
  }

  const names = (...keys: (string | Buffer)[]) => keys.map((key) => Buffer.from(key as string));

  it('is not overridden by msg.topic', async () => {
    assert.deepEqual(await keysWritten({ key: 'mine' }, [{ payload: 'a', topic: 'theirs', key: 'x' }]), names('mine'));
  });

  it('is msg.topic if the user chose so', async () => {
    assert.deepEqual(await keysWritten({ key: 'topic', keyType: 'msg' }, [{ payload: 'a', topic: 't' }]), names('t'));
  });

  it('is text, a number or bytes, as it is', async () => {
    const keys = ['a b', 0, Buffer.from([0, 255]), 'ü'];
    const messages = keys.map((topic) => ({ topic, payload: 'a' }));
    const written = await keysWritten({ key: 'topic', keyType: 'msg' }, messages);
    assert.deepEqual(written, names(Buffer.from([0, 255]), '0', 'a b', 'ü'));
  });

  for (const [type, key, expected] of [
    ['template', 'room:{{payload}}', 'room:a'],
    ['env', 'PLACE', 'cellar'],
    ['flow', 'place', 'from:flow'],
    ['jsonata', '"j:" & payload', 'j:a'],
  ] as const) {
    it(`comes from ${type}`, async () => {
      assert.deepEqual(await keysWritten({ key, keyType: type }, [{ payload: 'a' }]), names(expected));
    });
  }
});
