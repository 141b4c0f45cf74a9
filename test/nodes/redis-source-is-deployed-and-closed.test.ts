import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a Redis source that is stopped', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const nodes = [TAB, redisProfile(server.port), redisNode('source', properties), recorder()];
    const flow = await startFlow(teardown, nodes);
    return { server, client, flow, nodes, got: flow.received('got') };
  }

  it('by a deploy loses nothing of a list, and keeps the connection', async () => {
    const { server, client, flow, nodes, got } = await start({ mode: 'list', key: 'jobs' });
    await flow.connected('source');
    const before = (await server.clients()).map(({ id }) => id);
    const numbers = Array.from({ length: 500 }, (_, index) => String(index));
    const pushed = (async () => {
      for (const number of numbers) await client.rpush('jobs', number);
    })();
    await waitFor(() => got.length > 0, 'the first items');
    const changed = redisNode('source', { mode: 'list', key: 'jobs', name: 'new' });
    await flow.deploy([...nodes.slice(0, 2), changed, recorder()], 'nodes');
    await pushed;
    await waitFor(
      () => got.length >= 500,
      () => `all items; ${got.length} came`,
    );
    assert.deepEqual(
      got.map(({ payload }) => payload),
      numbers,
    );
    const after = await server.clients();
    assert.ok(
      after.some(({ id }) => before.includes(id)),
      'the connection was made anew',
    );
  });

  it('sends what it has collected of an array, if it can not be delivered again', async () => {
    const { client, flow } = await start({ mode: 'list', key: 'jobs', batchCount: 10 });
    await flow.connected('source');
    await client.rpush('jobs', '1', '2');
    const deadline = Date.now() + 15_000;
    while ((await client.exists('jobs')) === 1 && Date.now() < deadline);
    const source = flow.node('source');
    let sent: unknown;
    source.send = (message: unknown) => {
      sent = message;
    };
    await flow.shutDown();
    // What was popped and not yet collected is put back.
    const { payload = [] } = (sent ?? {}) as { payload?: string[] };
    assert.deepEqual([...payload, ...(await client.lrange('jobs', 0, -1))], ['1', '2']);
  });

  it('leaves what it has collected of a group pending', async () => {
    const group = { mode: 'group', key: 's', group: 'g', consumer: 'c', position: '0', batchCount: 10, field: 'n' };
    const { client, flow, nodes } = await start(group);
    await flow.connected('source');
    await client.xadd('s', '*', 'n', '1');
    const pending = async () => ((await client.xpending('s', 'g')) as [number])[0];
    const deadline = Date.now() + 15_000;
    while ((await pending()) !== 1 && Date.now() < deadline);
    await flow.deploy([...nodes.slice(0, 2), redisNode('source', { ...group, batchCount: 1 }), recorder()], 'full');
    const got = flow.received('got');
    await waitFor(() => got.length === 1, 'the entry, again');
    assert.equal(got[0]?.payload, '1');
  });
});
