import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { catcher, caughtCode, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const redisOf = (message: NodeMessageInFlow | undefined) => message?.['redis'] as Record<string, unknown> | undefined;

describe('a Redis source reads', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('source', properties),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    return { server, flow, client, got: flow.received('got'), caught: flow.received('caught') };
  }

  for (const mode of ['list', 'reliable-list']) {
    it(`items of a list, in order (${mode})`, async () => {
      const { flow, client, got } = await start({ mode, key: 'jobs', end: 'left', datatype: 'auto' });
      await flow.connected('source');
      await client.rpush('jobs', '{"n":1}', 'two', '3');
      await waitFor(() => got.length === 3, 'all items');
      assert.deepEqual(
        got.map(({ payload }) => payload),
        [{ n: 1 }, 'two', 3],
      );
      assert.deepEqual([got[0]?.topic, redisOf(got[0])], ['jobs', { key: 'jobs' }]);
      await waitFor(() => flow.status('source')?.fill === 'green', 'green');
      await client.rpush('jobs', '4');
      await waitFor(() => got.length === 4, 'a later item');
    });
  }

  it('members of a sorted set, with their scores', async () => {
    const { flow, client, got } = await start({ mode: 'sorted-set', key: 'scores', end: 'max' });
    await flow.connected('source');
    await client.zadd('scores', 1.5, 'a', 3, 'b');
    await waitFor(() => got.length === 2, 'both members');
    assert.deepEqual(
      got.map((message) => [message.payload, redisOf(message)?.['score']]),
      [
        ['b', 3],
        ['a', 1.5],
      ],
    );
  });

  it('entries of a stream from a position, as an object of the fields', async () => {
    const { flow, client, got } = await start({ mode: 'stream', key: 's', position: '0', datatype: 'json' });
    const id = await client.xadd('s', '*', 'a', '1', 'b', '"x"', '__proto__', '2');
    await waitFor(() => got.length === 1, 'the entry');
    assert.deepEqual(JSON.stringify(got[0]?.payload), '{"a":1,"b":"x","__proto__":2}');
    assert.deepEqual(redisOf(got[0]), { key: 's', id });
    await flow.connected('source');
  });

  it('one field of stream entries, if only that is wanted', async () => {
    const { client, got } = await start({ mode: 'stream', key: 's', position: '0', field: 'b' });
    await client.xadd('s', '*', 'a', '1', 'b', 'x');
    await client.xadd('s', '*', 'a', '1');
    await waitFor(() => got.length === 2, 'both entries');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['x', undefined],
    );
  });

  it('arrays of items', async () => {
    const { flow, client, got } = await start({ mode: 'list', key: 'jobs', batchCount: 2 });
    await flow.connected('source');
    await client.rpush('jobs', '1', '2', '3', '4', '5');
    await waitFor(() => got.length === 2, 'two arrays');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [
        ['1', '2'],
        ['3', '4'],
      ],
    );
    assert.deepEqual([got[0]?.topic, redisOf(got[0])], ['jobs', { keys: ['jobs', 'jobs'] }]);
  });

  it('nothing of a key that holds something else, says so, and goes on when it is repaired', async () => {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    await client.set('jobs', 'text');
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('source', { mode: 'list', key: 'jobs' }),
      redisNode('source', { id: 'other', mode: 'list', key: 'other' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const got = flow.received('got');
    const caught = flow.received('caught');
    const status = await flow.shows('source', 'the key holds another kind of value');
    assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
    await flow.connected('other');
    await client.rpush('other', 'x');
    await waitFor(() => got.length === 1, 'the other node');
    await client.del('jobs');
    await client.rpush('jobs', 'y');
    await waitFor(() => got.length === 2, 'the repaired node', 15_000);
    await flow.connected('source');
    assert.deepEqual(caught.map(caughtCode), ['REDIS_WRONGTYPE']);
    assert.equal(caught[0]?.topic, 'jobs');
  });

  it('nothing if its settings cannot work, and says which', async () => {
    const { flow } = await start({ mode: 'group', key: 's' });
    const status = await flow.shows('source', 'node has invalid settings');
    assert.equal(status.fill, 'red');
    assert.ok(
      flow.problems.some((line) => line.includes('"Group" must be')),
      flow.problems.join('\n'),
    );
  });
});
