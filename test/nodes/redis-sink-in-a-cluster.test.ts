import assert from 'node:assert/strict';
import { startRedisCluster } from '../support/redis-cluster';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const COUNT = 50;

describe('a redis sink in a cluster', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('writes an array over many slots in one pipeline, but not in one transaction', async () => {
    const cluster = teardown.stopLater(await startRedisCluster());
    const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
    const list = { key: 'room:{{payload}}', keyType: 'template', structure: 'list', maxLength: 3, outputs: 1 };
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(0, { mode: 'cluster', nodes }),
      redisNode('sink', { ...list, arrays: 'pipeline' }),
      redisNode('sink', { ...list, id: 'atomic', arrays: 'transaction' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    await flow.connected('sink', 'atomic');
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    const numbers = Array.from({ length: COUNT }, (_, number) => number);
    flow.send('sink', { payload: numbers });
    await waitFor(
      () => got.length + caught.length > 0,
      () => `the result; caught ${JSON.stringify(caught)}`,
    );
    assert.deepEqual(
      got[0]?.payload,
      numbers.map(() => 1),
    );
    const client = await cluster.client();
    for (const number of numbers) assert.deepEqual(await client.lrange(`room:${number}`, 0, -1), [String(number)]);
    flow.send('atomic', { payload: numbers });
    await waitFor(() => caught.length > 0, 'the error');
    assert.equal(caughtCode(caught[0]), 'REDIS_CROSSSLOT');
  });

  it('publishes to sharded channels of any slot', async () => {
    const cluster = teardown.stopLater(await startRedisCluster());
    const nodes = cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(',');
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(0, { mode: 'cluster', nodes }),
      redisNode('sink', { structure: 'sharded-publish', key: 'payload', keyType: 'msg', outputs: 1 }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    await flow.connected('sink');
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    for (let number = 0; number < COUNT; number += 1) flow.send('sink', { payload: `channel/${number}` });
    await waitFor(
      () => got.length === COUNT,
      () => `the results; ${got.length} came, caught ${JSON.stringify(caught)}`,
    );
  });
});
