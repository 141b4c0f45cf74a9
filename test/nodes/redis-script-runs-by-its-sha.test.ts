import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const COUNTER = {
  script: "local n = redis.call('INCRBY', counter, by)\nreturn {n, counter}",
  keys: [{ name: 'counter', value: 'counter:{{payload.id}}', type: 'template' }],
  args: [{ name: 'by', value: 'payload.by', type: 'msg' }],
};

describe('a redis script node runs its script', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('script', properties),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['script']),
    ]);
    const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
    return { server, redis: await server.client(), flow, got, caught, completed };
  }

  it('with named keys and arguments, sending its text once', async () => {
    const { redis, flow, got, completed } = await start({ ...COUNTER, target: 'count' });
    for (let index = 0; index < 100; index += 1) flow.send('script', { payload: { id: 7, by: 2 }, topic: 'kept' });
    await waitFor(() => completed.length === 100, 'all to be done');
    assert.deepEqual(got.at(-1)?.['count'], [200, 'counter:7']);
    assert.deepEqual(got.at(-1)?.payload, { id: 7, by: 2 });
    assert.equal(got.at(-1)?.['topic'], 'kept');
    assert.equal(await calls(redis, 'eval'), 1);
  });

  it('again after the server has forgotten it', async () => {
    const { server, redis, flow, got, caught } = await start(COUNTER);
    const run = async () => {
      const before = got.length;
      flow.send('script', { payload: { id: 1, by: 1 } });
      await waitFor(() => got.length > before || caught.length > 0, 'the result');
    };
    await run();
    await run();
    assert.equal(await calls(redis, 'eval'), 1);
    await redis.script('FLUSH');
    await run();
    await run();
    assert.equal(await calls(redis, 'eval'), 2);
    await server.restart();
    await flow.connected('script');
    await run();
    await run();
    await waitFor(() => redis.status === 'ready', 'the client of the test');
    assert.equal(await calls(redis, 'eval'), 1);
    assert.deepEqual(caught, []);
    assert.deepEqual(got.at(-1)?.payload, [2, 'counter:1']);
  });

  it('with all elements of an array for the last name', async () => {
    const { flow, got } = await start({
      script: 'return {first, #rest, rest[2], #keys}',
      keys: [{ name: '...keys', value: 'keys', type: 'msg' }],
      args: [
        { name: 'first', value: 'payload', type: 'msg' },
        { name: '...rest', value: 'rest', type: 'msg' },
      ],
    });
    flow.send('script', { payload: { a: 1 }, keys: [], rest: ['x', 'y', 3] });
    flow.send('script', { payload: 1.5, keys: ['a', 'b'], rest: 'single' });
    await waitFor(() => got.length === 2, 'the results');
    assert.deepEqual(got[0]?.payload, ['{"a":1}', 3, 'y', 0]);
    // A table ends at its first nil.
    assert.deepEqual(got[1]?.payload, ['1.5', 1]);
  });

  it('with values in the format of the node', async () => {
    const { flow, got } = await start({ script: "return {cjson.encode({a = {1}}), 5, '[]'}", datatype: 'json' });
    flow.send('script', {});
    await waitFor(() => got.length === 1, 'the result');
    assert.deepEqual(got[0]?.payload, [{ a: [1] }, 5, []]);
  });

  it('only reading, where a write is an error', async () => {
    const { redis, flow, got, caught } = await start({
      script: "if mode == 'write' then redis.call('SET', key, 'x') end return redis.call('GET', key)",
      readOnly: true,
      keys: [{ name: 'key', value: 'key', type: 'str' }],
      args: [{ name: 'mode', value: 'payload', type: 'msg' }],
    });
    await redis.set('key', 'value');
    flow.send('script', { payload: 'read' });
    flow.send('script', { payload: 'write' });
    await waitFor(() => got.length === 1 && caught.length === 1, 'both');
    assert.equal(got[0]?.payload, 'value');
    assert.equal(caughtCode(caught[0]), 'REDIS_SCRIPT_ERROR');
    assert.ok((await calls(redis, 'evalsha_ro')) > 0);
    assert.equal(await calls(redis, 'evalsha'), 0);
  });
});

async function calls(redis: Redis, name: string): Promise<number> {
  return Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(await redis.info('commandstats'))?.[1] ?? 0);
}
