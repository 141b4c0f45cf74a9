import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const LIBRARY = `#!lua name=mylib
redis.register_function('add', function(keys, args)
  return redis.call('INCRBY', keys[1], args[1])
end)
redis.register_function{function_name='look', flags={'no-writes'}, callback=function(keys, args)
  return redis.call('GET', keys[1])
end}`;

describe('a redis script node calls a function', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const lists = {
      keys: [{ name: 'key', value: 'counter', type: 'str' }],
      args: [{ name: 'by', value: 'payload', type: 'msg' }],
    };
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('script', { kind: 'function', functionName: 'add', ...lists, ...properties }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    return { redis: await server.client(), flow, got: flow.received('got'), caught: flow.received('caught') };
  }

  it('whose library it loads once when the server does not know it', async () => {
    const { redis, flow, got, caught } = await start({ library: LIBRARY });
    for (let index = 0; index < 20; index += 1) flow.send('script', { payload: 5 });
    await waitFor(
      () => got.length === 20,
      () => `all; caught ${JSON.stringify(caught)}`,
    );
    assert.equal(await redis.get('counter'), '100');
    assert.match(await redis.info('commandstats'), /cmdstat_function\|load:calls=1,/);
    await redis.function('FLUSH');
    flow.send('script', { payload: 1 });
    await waitFor(() => got.length === 21, 'the one after the loss');
    assert.equal(got.at(-1)?.payload, 101);
  });

  it('that only reads', async () => {
    const { redis, flow, got, caught } = await start({ functionName: 'look', library: LIBRARY, readOnly: true });
    await redis.set('counter', '7');
    flow.send('script', { payload: '' });
    await waitFor(
      () => got.length === 1,
      () => JSON.stringify(caught),
    );
    assert.equal(got[0]?.payload, '7');
    assert.match(await redis.info('commandstats'), /cmdstat_fcall_ro:/);
    await flow.stop();

    const writing = await start({ library: LIBRARY, readOnly: true });
    writing.flow.send('script', { payload: '1' });
    await waitFor(() => writing.caught.length === 1, 'the error');
    assert.equal(caughtCode(writing.caught[0]), 'REDIS_SCRIPT_ERROR');
  });

  it('that the library does not have, or whose library is broken, with an error', async () => {
    const { flow, caught } = await start({ functionName: 'other', library: LIBRARY });
    flow.send('script', { payload: 1 });
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'REDIS_UNKNOWN_FUNCTION');
    await flow.stop();

    const broken = await start({ library: '#!lua name=x\nredis.register_function(' });
    broken.flow.send('script', { payload: 1 });
    broken.flow.send('script', { payload: 1 });
    await waitFor(() => broken.caught.length === 2, 'the errors');
    assert.deepEqual(broken.caught.map(caughtCode), ['REDIS_SCRIPT_ERROR', 'REDIS_SCRIPT_ERROR']);
    assert.match(JSON.stringify(broken.caught[0]?.['error']), /Line 2 of the library/);
  });
});
