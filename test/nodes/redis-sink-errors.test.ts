import assert from 'node:assert/strict';
import { type RedisOptions, startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('what Redis refuses reaches a Catch node, and the sink goes on', () => {
  const teardown = useTeardown();

  async function start(options: RedisOptions, properties: Record<string, unknown> = {}, credentials = {}) {
    const server = teardown.stopLater(await startRedis(options));
    const flow = await startFlow(
      teardown,
      [
        TAB,
        redisProfile(server.port),
        redisNode('sink', { key: 'topic', keyType: 'msg', ...properties }),
        recorder('caught'),
        recorder('completed'),
        catcher(),
        completer(['sink']),
      ],
      { profile: credentials },
    );
    await flow.connected('sink');
    const [caught, completed] = [flow.received('caught'), flow.received('completed')];
    const refused = async (message: Record<string, unknown>) => {
      const before = caught.length;
      flow.send('sink', message);
      await waitFor(() => caught.length > before, 'the error');
      return caughtCode(caught.at(-1));
    };
    const written = async (message: Record<string, unknown>) => {
      const before = completed.length;
      flow.send('sink', message);
      await waitFor(
        () => completed.length > before,
        () => `the write; caught ${JSON.stringify(caught)}`,
      );
    };
    return { server, flow, refused, written, client: await server.client() };
  }

  it('a key of another kind', async () => {
    const { refused, written, client } = await start({}, { structure: 'list' });
    await client.set('text', 'x');
    assert.equal(await refused({ topic: 'text', payload: 'a' }), 'REDIS_WRONGTYPE');
    await written({ topic: 'list', payload: 'a' });
    assert.equal(await client.llen('list'), 1);
  });

  it('a key that the user may not write', async () => {
    const acl = ['writer on >secret ~mine:* +@all'];
    const { refused, written } = await start({ acl }, {}, { user: 'writer', password: 'secret' });
    assert.equal(await refused({ topic: 'yours', payload: 'a' }), 'REDIS_NOPERM');
    await written({ topic: 'mine:1', payload: 'a' });
  });

  it('more than fits into memory', async () => {
    const { refused, client, written } = await start({});
    await client.config('SET', 'maxmemory', '1mb');
    assert.equal(await refused({ topic: 'k', payload: 'a' }), 'REDIS_OOM');
    await client.config('SET', 'maxmemory', '0');
    await written({ topic: 'k', payload: 'a' });
  });

  it('writing to a replica', async () => {
    const master = teardown.stopLater(await startRedis());
    const { refused, client, written } = await start({});
    await client.call('REPLICAOF', '127.0.0.1', master.port);
    assert.equal(await refused({ topic: 'k', payload: 'a' }), 'REDIS_READONLY');
    await client.call('REPLICAOF', 'NO', 'ONE');
    await written({ topic: 'k', payload: 'a' });
  });

  it('an id of a stream that is too small, and a counter that is no number', async () => {
    const { refused } = await start({}, { structure: 'stream', field: 'f', entryId: 'id', entryIdType: 'msg' });
    assert.equal(await refused({ topic: 's', payload: 'a', id: '0-0' }), 'REDIS_ERROR');
    assert.equal(await refused({ topic: 's', payload: 'a', id: 'x' }), 'REDIS_INVALID_ID');
  });

  it('and so does what can not be sent at all', async () => {
    const { refused, client, flow } = await start({}, { datatype: 'json' });
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const payload of [undefined, Number.NaN, 5n, new Map(), () => 1, circular]) {
      assert.equal(await refused({ topic: 'k', payload }), 'REDIS_INVALID_PAYLOAD');
    }
    for (const topic of [undefined, null, '', {}, [], true, Number.NaN, new Date()]) {
      assert.equal(await refused({ topic, payload: 'a' }), 'REDIS_INVALID_KEY');
    }
    assert.equal(await refused({ action: 'explode' }), 'INVALID_ACTION');
    assert.equal(await client.dbsize(), 0);
    assert.equal(flow.status('sink')?.fill, 'green');
  });
});
