import assert from 'node:assert/strict';
import { type RedisCluster, startRedisCluster } from '../support/redis-cluster';
import { useSharedTeardown, useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, startFlow, TAB } from './node-red';

describe('redis command and script nodes in a cluster', function () {
  this.timeout(60_000);
  const shared = useSharedTeardown();
  const teardown = useTeardown();
  let cluster: RedisCluster;

  before(async () => {
    cluster = shared.stopLater(await startRedisCluster());
  });

  beforeEach(async () => {
    for (const master of cluster.masters) await (await master.client()).flushall();
  });

  async function start(kind: 'command' | 'script', properties: Record<string, unknown>) {
    const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
    const flow = await startFlow(teardown, [
      TAB,
      { id: 'profile', type: 'pool-redis-profile', mode: 'cluster', nodes },
      redisNode(kind, properties),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer([kind]),
    ]);
    const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
    return { redis: await cluster.client(), flow, got, caught, completed };
  }

  it('scan the keys of every master', async () => {
    const { redis, flow, got, completed } = await start('command', { operation: 'scan', match: 'key:*', count: '10' });
    const keys = Array.from({ length: 300 }, (_, index) => `key:${index}`).toSorted();
    await Promise.all(keys.map((key) => redis.set(key, 'x')));
    flow.send('command', {});
    await waitFor(() => completed.length === 1, 'the end', 15_000);
    assert.deepEqual(got.map(({ payload }) => String(payload)).toSorted(), keys);
  });

  it('look keys of all slots up together', async () => {
    const { redis, flow, got } = await start('command', { operation: 'lookup', key: 'topic', keyType: 'msg' });
    await Promise.all(Array.from({ length: 20 }, (_, index) => redis.set(`key:${index}`, String(index))));
    for (let index = 0; index < 20; index += 1) flow.send('command', { topic: `key:${index}` });
    await waitFor(() => got.length === 20, 'the answers', 15_000);
    assert.deepEqual(
      got.map(({ payload }) => payload),
      Array.from({ length: 20 }, (_, index) => String(index)),
    );
  });

  it('send pipelines over all slots, and say when a command has keys of several', async () => {
    const { flow, got, caught } = await start('command', { operation: 'pipeline' });
    flow.send('command', { payload: Array.from({ length: 20 }, (_, index) => ['SET', `key:${index}`, index]) });
    await waitFor(() => got.length === 1, 'the results', 15_000);
    assert.deepEqual(new Set(got[0]?.payload as unknown[]), new Set(['OK']));
    flow.send('command', { payload: [['MGET', 'a', 'b']] });
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'REDIS_CROSSSLOT');
  });

  it('run a script at every master, which each has to be told of once', async () => {
    const { redis, flow, got, caught } = await start('script', {
      script: "return redis.call('INCR', key)",
      keys: [{ name: 'key', value: 'topic', type: 'msg' }],
    });
    const scriptFlushes = cluster.masters.map(async (master) => (await master.client()).script('FLUSH'));
    await Promise.all(scriptFlushes);
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 20; index += 1) flow.send('script', { topic: `n:${index}` });
    }
    await waitFor(() => got.length + caught.length === 60, 'the results', 15_000);
    assert.deepEqual(caught, []);
    assert.equal(await redis.get('n:7'), '3');
  });

  it('do not load a library, and say where it belongs', async () => {
    const { flow, caught } = await start('script', {
      kind: 'function',
      functionName: 'f',
      library: '#!lua name=l\nredis.register_function("f", function() return 1 end)',
      keys: [{ value: 'a', type: 'str' }],
    });
    flow.send('script', {});
    await waitFor(() => caught.length === 1, 'the error', 15_000);
    assert.equal(caughtCode(caught[0]), 'REDIS_UNKNOWN_FUNCTION');
    assert.match(JSON.stringify(caught[0]?.['error']), /every master/);
  });
});
