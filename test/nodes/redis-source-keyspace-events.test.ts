import assert from 'node:assert/strict';
import { isEnough } from '../../src/runtime/redis-source/keyspace-events';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a Redis source of keyspace events', () => {
  const teardown = useTeardown();

  async function start(
    options: Parameters<typeof startRedis>[0],
    properties: Record<string, unknown>,
    profile: Record<string, unknown> = {},
    credentials: Record<string, Record<string, string>> = {},
  ) {
    const server = teardown.stopLater(await startRedis(options));
    const nodes = [
      TAB,
      redisProfile(server.port, profile),
      redisNode('source', { mode: 'keyspace', ...properties }),
      recorder(),
    ];
    const flow = await startFlow(teardown, nodes, credentials);
    return { flow, client: await server.client({ db: Number(profile['database'] ?? 0) }), got: flow.received('got') };
  }

  const ON = { config: { 'notify-keyspace-events': 'KEA' } };

  it('tells what happens to the keys of a pattern, in the database of the profile', async () => {
    const { flow, client, got } = await start(ON, { key: 'a:*' }, { database: '2' });
    await flow.connected('source');
    await client.set('b:1', 'x');
    await client.set('a:1', 'x');
    await client.del('a:1');
    await waitFor(() => got.length === 2, 'both events');
    assert.deepEqual(
      got.map(({ topic, payload }) => [topic, payload]),
      [
        ['a:1', 'set'],
        ['a:1', 'del'],
      ],
    );
    assert.deepEqual((got[0] as unknown as Record<string, unknown>)['redis'], {
      key: 'a:1',
      event: 'set',
      database: 2,
    });
  });

  for (const key of ['', 'a:*']) {
    it(`tells only the events that are wanted, of keys "${key}"`, async () => {
      const { flow, client, got } = await start(ON, { key, events: 'del, lpush' });
      await flow.connected('source');
      await client.set('a:1', 'x');
      await client.del('a:1');
      await client.lpush('a:2', 'x');
      await waitFor(() => got.length === 2, 'both events');
      assert.deepEqual(
        got.map(({ topic, payload }) => [topic, payload]),
        [
          ['a:1', 'del'],
          ['a:2', 'lpush'],
        ],
      );
    });
  }

  it('says that they are off and how to switch them on, and notices when they are', async () => {
    const { flow, client, got } = await start({}, { key: '*' });
    const status = await flow.shows('source', 'server sends no such events');
    assert.equal(status.fill, 'yellow');
    assert.ok(flow.problems.some((line) => line.includes('CONFIG SET notify-keyspace-events KEA')));
    await client.config('SET', 'notify-keyspace-events', 'KEA');
    await client.set('a', 'x');
    await waitFor(() => got.length === 1, 'the event');
    await flow.connected('source');
  });

  it('says that it can not look', async () => {
    const acl = ['default off', 'alice on >secret ~* &* +@all -config'];
    const credentials = { profile: { user: 'alice', password: 'secret' } };
    const { flow, client, got } = await start({ ...ON, acl }, { key: '*' }, {}, credentials);
    await flow.connected('source');
    await waitFor(() => flow.problems.some((line) => line.includes("can't be checked")), 'the warning');
    await client.set('a', 'x');
    await waitFor(() => got.length === 1, 'the event');
  });

  it('knows which settings are enough', () => {
    assert.ok(isEnough('AKE', '*', []));
    assert.ok(isEnough('AK', 'a*', ['set', 'expired']));
    assert.ok(isEnough('xE', '*', ['expired']));
    assert.ok(!isEnough('xE', 'a*', ['expired']));
    assert.ok(!isEnough('K', '*', []));
    assert.ok(!isEnough('', '*', []));
    assert.ok(!isEnough('lK', 'a*', ['set']));
    assert.ok(!isEnough('AKE', '*', ['keymiss']));
  });
});
