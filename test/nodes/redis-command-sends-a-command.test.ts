import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis command node sends a command', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('command', properties),
      recorder(),
      recorder('completed'),
      completer(['command']),
    ]);
    return { server, flow, got: flow.received('got'), completed: flow.received('completed') };
  }

  it('with arguments from typed inputs, and keeps the message', async () => {
    const { server, flow, got, completed } = await start({
      command: 'set',
      args: [
        { value: 'device:{{id}}', type: 'template' },
        { value: 'payload', type: 'msg' },
        { value: 'EX', type: 'str' },
        { value: '60', type: 'num' },
      ],
    });
    const redis = await server.client();
    flow.send('command', { id: 7, payload: { on: true }, topic: 'kept', parts: { id: 'x' } });
    await waitFor(() => completed.length > 0, 'the message to be done');
    assert.deepEqual(got[0], { _msgid: got[0]?._msgid, id: 7, payload: 'OK', topic: 'kept', parts: { id: 'x' } });
    assert.equal(await redis.get('device:7'), '{"on":true}');
    assert.ok((await redis.ttl('device:7')) > 0);
    assert.equal(completed.length, 1);
  });

  it('with name and arguments from the message', async () => {
    const { server, flow, got } = await start({
      command: 'command',
      commandType: 'msg',
      arguments: 'array',
      argsFrom: 'payload',
      argsFromType: 'msg',
    });
    const redis = await server.client();
    flow.send('command', { command: 'RPUSH', payload: ['list', 'a', 1, Buffer.from([0xff, 0]), true] });
    flow.send('command', { command: ['LRANGE', 'list', 0, 0], payload: [] });
    flow.send('command', { command: 'get', payload: 'none' });
    await waitFor(() => got.length === 3, 'the replies');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [4, ['a'], null],
    );
    assert.deepEqual(await redis.lrangeBuffer('list', 2, 2), [Buffer.from([0xff, 0])]);
  });

  it('with a subcommand in the name, and the reply as an object, into any property', async () => {
    const { flow, got } = await start({
      command: 'config get',
      args: [{ value: 'maxmemory', type: 'str' }],
      target: 'server.settings',
    });
    flow.send('command', { payload: 'kept' });
    await waitFor(() => got.length > 0, 'the reply');
    assert.deepEqual(got[0]?.['server'], { settings: { maxmemory: '0' } });
    assert.equal(got[0]?.payload, 'kept');
  });

  it('with values in the format of the node', async () => {
    const { flow, server, got } = await start({
      command: 'HGETALL',
      args: [{ value: 'h', type: 'str' }],
      datatype: 'json',
    });
    const redis = await server.client();
    await redis.hset('h', { a: '{"x":1}', 2: '[]' });
    flow.send('command', {});
    await waitFor(() => got.length > 0, 'the reply');
    assert.deepEqual(got[0]?.payload, { a: { x: 1 }, 2: [] });
  });

  it('in the order of the messages', async () => {
    const { flow, got } = await start({ command: 'INCR', args: [{ value: 'n', type: 'str' }] });
    for (let index = 0; index < 500; index += 1) flow.send('command', { index });
    await waitFor(() => got.length === 500, 'the replies');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      Array.from({ length: 500 }, (_, index) => index + 1),
    );
  });
});
