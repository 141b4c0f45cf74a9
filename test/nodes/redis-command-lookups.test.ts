import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('lookups of a redis command node', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const defaults = { operation: 'lookup', key: 'device:{{payload.id}}', keyType: 'template', target: 'device' };
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('command', { ...defaults, wires: [['got'], ['missed']], ...properties }),
      recorder(),
      recorder('missed'),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['command']),
    ]);
    const [got, missed, caught, completed] = [
      flow.received('got'),
      flow.received('missed'),
      flow.received('caught'),
      flow.received('completed'),
    ];
    return { redis: await server.client(), flow, got, missed, caught, completed };
  }

  it('put what they find into the message and keep the rest', async () => {
    const { redis, flow, got, completed } = await start({ datatype: 'json', target: 'payload.device' });
    await redis.set('device:1', '{"name":"a"}');
    flow.send('command', { payload: { id: 1 }, topic: 't' });
    flow.send('command', { payload: { id: 2 } });
    await waitFor(() => completed.length === 2, 'both to be done');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [
        { id: 1, device: { name: 'a' } },
        { id: 2, device: null },
      ],
    );
    assert.equal(got[0]?.['topic'], 't');
  });

  it('of one turn are one MGET, which asks for equal keys once', async () => {
    const { redis, flow, got } = await start({});
    for (let id = 0; id < 50; id += 1) await redis.set(`device:${id}`, `value ${id}`);
    await redis.config('RESETSTAT');
    for (let index = 0; index < 100; index += 1) flow.send('command', { payload: { id: index % 50 } });
    await waitFor(() => got.length === 100, 'all');
    for (const { payload, ...message } of got) {
      assert.equal(message['device' as keyof typeof message], `value ${(payload as { id: number }).id}`);
    }
    assert.deepEqual(await calls(redis, 'mget', 'get'), [1, 0]);
    assert.equal(await keyspaceHits(redis), 50);
  });

  it('of hashes are asked together, equal ones once', async () => {
    const { redis, flow, got } = await start({ lookup: 'HGETALL' });
    await redis.hset('device:1', { name: 'a', room: '2' });
    await redis.config('RESETSTAT');
    for (let index = 0; index < 20; index += 1) flow.send('command', { payload: { id: 1 } });
    flow.send('command', { payload: { id: 2 } });
    await waitFor(() => got.length === 21, 'all');
    assert.deepEqual(got[0]?.['device'], { name: 'a', room: '2' });
    assert.notEqual(got[0]?.['device'], got[1]?.['device']);
    assert.equal(got[20]?.['device'], null);
    assert.deepEqual(await calls(redis, 'hgetall'), [2]);
  });

  it('of a field, of several keys, and of JSON documents', async () => {
    const { redis, flow, got } = await start({ lookup: 'HGET', field: 'payload.field', fieldType: 'msg' });
    await redis.hset('device:1', { name: 'a' });
    flow.send('command', { payload: { id: 1, field: 'name' } });
    flow.send('command', { payload: { id: 1, field: 'none' } });
    await waitFor(() => got.length === 2, 'both');
    assert.deepEqual([got[0]?.['device'], got[1]?.['device']], ['a', null]);
    await flow.stop();

    const several = await start({ lookup: 'MGET', key: 'payload', keyType: 'msg' });
    await several.redis.mset({ a: '1', b: '2' });
    several.flow.send('command', { payload: ['a', 'x', 'b'] });
    several.flow.send('command', { payload: 'a' });
    await waitFor(() => several.got.length === 2, 'the values');
    assert.deepEqual([several.got[0]?.['device'], several.got[1]?.['device']], [['1', null, '2'], ['1']]);
    await several.flow.stop();

    // The server of the tests has no JSON: the command reaches it all the same.
    const json = await start({ lookup: 'JSON.GET' });
    json.flow.send('command', { payload: { id: 1 } });
    await waitFor(() => json.caught.length === 1, 'the error');
    assert.equal(caughtCode(json.caught[0]), 'REDIS_UNKNOWN_COMMAND');
  });

  it('send what they do not find to a second output, untouched', async () => {
    const { redis, flow, got, missed } = await start({ outputs: 2 });
    await redis.set('device:1', '');
    flow.send('command', { payload: { id: 1 }, device: 'old' });
    flow.send('command', { payload: { id: 2 }, device: 'old' });
    await waitFor(() => got.length === 1 && missed.length === 1, 'both');
    assert.equal(got[0]?.['device'], '');
    assert.equal(missed[0]?.['device'], 'old');
  });

  it('are answered from the cache within its time and bound', async () => {
    const { redis, flow, got } = await start({ cacheSeconds: '60', cacheMaxEntries: '2' });
    await redis.mset({ 'device:1': 'a', 'device:2': 'b', 'device:3': 'c' });
    const look = async (id: number) => {
      const before = got.length;
      flow.send('command', { payload: { id } });
      await waitFor(() => got.length > before, 'the answer');
      return got.at(-1)?.['device'];
    };
    for (const id of [1, 2, 1]) await look(id);
    await redis.mset({ 'device:1': 'new', 'device:2': 'new', 'device:3': 'new' });
    assert.deepEqual([await look(2), await look(1)], ['b', 'a']);
    assert.equal(await look(3), 'new', 'never asked for before');
    assert.equal(await look(1), 'a', 'used lately');
    assert.equal(await look(2), 'new', 'pushed out');
    assert.equal(await look(9), null);
    await redis.set('device:9', 'now');
    assert.equal(await look(9), 'now', 'a miss is not kept');
  });

  it('keep misses, too, if told so', async () => {
    const { redis, flow, got } = await start({ cacheSeconds: '60', cacheMisses: true });
    flow.send('command', { payload: { id: 1 } });
    await waitFor(() => got.length === 1, 'the miss');
    await redis.set('device:1', 'now');
    flow.send('command', { payload: { id: 1 } });
    await waitFor(() => got.length === 2, 'the kept miss');
    assert.equal(got[1]?.['device'], null);
  });

  it('give each message bytes of its own', async () => {
    const { redis, flow, got } = await start({ datatype: 'buffer', cacheSeconds: '60' });
    await redis.set('device:1', Buffer.from([0xff, 1]));
    for (let index = 0; index < 3; index += 1) {
      flow.send('command', { payload: { id: 1 } });
      await waitFor(() => got.length === index + 1, 'the bytes');
      const bytes = got[index]?.['device'] as Buffer;
      assert.deepEqual(bytes, Buffer.from([0xff, 1]));
      bytes.fill(0);
    }
  });

  it('that fail reach a catch node, each by itself', async () => {
    const { redis, flow, got, caught, completed } = await start({ datatype: 'json' });
    await redis.set('device:1', 'no json');
    await redis.set('device:2', '{}');
    flow.send('command', { payload: { id: 1 } });
    flow.send('command', { payload: {} });
    flow.send('command', { payload: { id: 2 } });
    await waitFor(() => caught.length === 2 && got.length === 1, 'all');
    assert.deepEqual(caught.map((message) => String(caughtCode(message))).toSorted(), [
      'INVALID_JSON',
      'REDIS_INVALID_KEY',
    ]);
    assert.equal(completed.length, 1);
  });

  it('of keys that may not all be read are answered one by one', async () => {
    const server = teardown.stopLater(await startRedis({ acl: ['node on >secret ~open:* &* +@all'] }));
    const redis = await server.client();
    await redis.mset({ 'open:1': 'a', 'closed:1': 'b' });
    const nodes = [
      TAB,
      redisProfile(server.port),
      redisNode('command', { operation: 'lookup', key: 'topic', keyType: 'msg' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ];
    const flow = await startFlow(teardown, nodes, { profile: { user: 'node', password: 'secret' } });
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    flow.send('command', { topic: 'open:1' });
    flow.send('command', { topic: 'closed:1' });
    await waitFor(() => got.length === 1 && caught.length === 1, 'both');
    assert.equal(got[0]?.payload, 'a');
    assert.equal(caughtCode(caught[0]), 'REDIS_NOPERM');
  });
});

async function calls(redis: Redis, ...commands: string[]): Promise<number[]> {
  const stats = await redis.info('commandstats');
  return commands.map((name) => Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0));
}

async function keyspaceHits(redis: Redis): Promise<number> {
  return Number(/keyspace_hits:(\d+)/.exec(await redis.info('stats'))?.[1]);
}
