import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitForAsync } from '../support/waiting';
import { redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis sink that is stopped', () => {
  const teardown = useTeardown();

  async function start() {
    const server = teardown.stopLater(await startRedis());
    const nodes = [
      TAB,
      redisProfile(server.port),
      redisNode('sink', { key: 'list', structure: 'list' }),
      redisNode('sink', { id: 'other', key: 'other', structure: 'list' }),
    ];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('sink', 'other');
    return { server, flow, nodes, client: await server.client() };
  }

  it('has written what it got, over any number of deploys', async () => {
    const { flow, nodes, client } = await start();
    let sent = 0;
    for (const type of ['full', 'nodes', 'full'] as const) {
      for (let count = 0; count < 200; count += 1) flow.send('sink', { payload: String(sent++) });
      const changed = nodes.map((node) => (node.id === 'sink' ? { ...node, name: `${type} ${sent}` } : node));
      await flow.deploy(changed, type);
    }
    await flow.connected('sink');
    const numbers = Array.from({ length: sent }, (_, number) => String(number));
    await waitForAsync(async () => (await client.llen('list')) >= sent, 'all');
    assert.deepEqual(await client.lrange('list', 0, -1), numbers);
  });

  it('leaves the connection to the others', async () => {
    const { server, flow, nodes, client } = await start();
    const ids = async () => (await server.clients()).map(({ id }) => id);
    const before = await ids();
    await flow.deploy(
      nodes.filter(({ id }) => id !== 'sink'),
      'nodes',
    );
    flow.send('other', { payload: 'a' });
    await waitForAsync(async () => (await client.llen('other')) === 1, 'the write');
    assert.deepEqual(await ids(), before);
    assert.deepEqual(flow.problems, []);
  });
});
