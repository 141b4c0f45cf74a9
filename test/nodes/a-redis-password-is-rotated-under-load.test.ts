import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { catcher, collector, redisNode, redisProfile, startFlow, TAB } from './node-red';

const BATCH = 100;

describe('a Redis profile whose password is rotated under load', () => {
  const teardown = useTeardown();

  it('loses nothing at a sink or a list source, nor doubles it, and keeps the order', async () => {
    const server = teardown.stopLater(await startRedis({ password: 'password 0' }));
    const client = await server.client();
    const nodes = (password: string) => [
      TAB,
      { ...redisProfile(server.port), credentials: { password } },
      redisNode('sink', { structure: 'list', key: 'out', end: 'right', resend: 'always' }),
      redisNode('source', { mode: 'list', key: 'in', datatype: 'string' }),
      collector(),
      catcher(),
      collector('caught'),
    ];
    const flow = await startFlow(teardown, nodes('password 0'), { profile: { password: 'password 0' } });
    await flow.connected('sink', 'source');
    const written = async (count: number) => {
      const deadline = Date.now() + 15_000;
      while ((await client.llen('out')) < count) {
        assert.ok(
          Date.now() < deadline,
          `written: ${await client.llen('out')} of ${count}; ${flow.problems.join('; ')}`,
        );
      }
    };
    let sent = 0;
    const send = async () => {
      for (let more = 0; more < BATCH; more += 1) {
        flow.send('sink', { payload: String(sent) });
        await client.rpush('in', String(sent));
        sent += 1;
      }
    };
    for (const [round, type] of (['nodes', 'full', 'flows'] as const).entries()) {
      await send();
      const password = `password ${round + 1}`;
      await waitFor(() => flow.collected('got').length === sent, 'what was pushed');
      await written(sent);
      await client.config('SET', 'requirepass', password);
      await client.call('CLIENT', 'KILL', 'USER', 'default');
      await send();
      await flow.deploy(nodes(password), type);
      await send();
      await flow.connected('sink', 'source');
    }
    await waitFor(() => flow.collected('got').length >= sent, 'all at the source');
    const numbers = Array.from({ length: sent }, (_value, index) => String(index));
    assert.deepEqual(
      flow.collected('got').map(({ payload }) => payload),
      numbers,
    );
    await written(sent);
    assert.deepEqual(await client.lrange('out', 0, -1), numbers);
    assert.equal(flow.collected('caught').length, 0);
  });
});
