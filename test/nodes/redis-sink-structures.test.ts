import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { catcher, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis sink writes every structure', () => {
  const teardown = useTeardown();

  /** Sends messages to a sink with these settings; the results, and a client to look with. */
  async function write(properties: Record<string, unknown>, ...messages: Record<string, unknown>[]) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('sink', { key: 'k', outputs: 1, datatype: 'auto', ...properties }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    const client = await server.client();
    for (const message of messages) flow.send('sink', { ...message });
    await waitFor(
      () => got.length + caught.length === messages.length,
      () => `results; got ${JSON.stringify(got)}, caught ${JSON.stringify(caught)}`,
    );
    assert.deepEqual(
      caught.map(({ error }: NodeMessageInFlow & { error?: unknown }) => error),
      [],
    );
    await flow.stop();
    return { results: got.map(({ payload }) => payload), got, client };
  }

  it('strings, and keeps the rest of the message', async () => {
    const { results, got, client } = await write(
      { expirySeconds: '100', expirySecondsType: 'num' },
      { payload: { a: 1 }, topic: 'mine' },
    );
    assert.deepEqual([results, got[0]?.topic], [['OK'], 'mine']);
    assert.equal(await client.get('k'), '{"a":1}');
    assert.ok((await client.ttl('k')) > 90);
  });

  it('strings that are new, with what was there', async () => {
    const { results, client } = await write({ condition: 'nx' }, { payload: 'first' }, { payload: 'second' });
    assert.deepEqual([results, await client.get('k')], [['OK', null], 'first']);
  });

  it('strings that are there', async () => {
    const { results, client } = await write({ condition: 'xx' }, { payload: 'first' });
    assert.deepEqual([results, await client.get('k')], [[null], null]);
  });

  it('strings that keep their time to live, and tells the old value', async () => {
    const properties = { keepTtl: true, returnOld: true, expirySeconds: 'ttl', expirySecondsType: 'msg' };
    const { results, client } = await write(properties, { payload: [1], ttl: 100 }, { payload: 'b' }, { payload: 'c' });
    assert.deepEqual(results, [null, [1], 'b']);
    assert.ok((await client.ttl('k')) > 90);
  });

  it('bytes, as they are', async () => {
    const bytes = Buffer.from([0, 255, 13, 10]);
    const { client } = await write({ datatype: 'buffer' }, { payload: bytes });
    assert.deepEqual(await client.getBuffer('k'), bytes);
  });

  it('hashes from an object, chosen properties or one field', async () => {
    const { results, client } = await write({ structure: 'hash' }, { payload: { a: 1, b: { c: true } } });
    assert.deepEqual([results, await client.hgetall('k')], [[2], { a: '1', b: '{"c":true}' }]);
    const fields = [{ field: 'x', property: 'at.x' }];
    const chosen = await write({ structure: 'hash', fields }, { payload: { at: { x: 1, y: 2 } } });
    assert.deepEqual(await chosen.client.hgetall('k'), { x: '1' });
    const one = await write({ structure: 'hash', field: 'topic', fieldType: 'msg' }, { payload: 5, topic: 'f' });
    assert.deepEqual(await one.client.hgetall('k'), { f: '5' });
  });

  it('lists at either end, and no longer than they may be', async () => {
    const payloads = ['a', 'b', 'c'].map((payload) => ({ payload }));
    const right = await write({ structure: 'list', maxLength: '2' }, ...payloads);
    assert.deepEqual(
      [right.results, await right.client.lrange('k', 0, -1)],
      [
        [1, 2, 3],
        ['b', 'c'],
      ],
    );
    const left = await write({ structure: 'list', end: 'left' }, ...payloads);
    assert.deepEqual(await left.client.lrange('k', 0, -1), ['c', 'b', 'a']);
  });

  it('sets, and takes members out', async () => {
    const properties = { structure: 'set', rowKind: 'kind', rowKindType: 'msg' };
    const messages = [{ payload: 'a' }, { payload: 'b' }, { payload: 'a' }, { payload: 'b', kind: 'delete' }];
    const { results, client } = await write(properties, ...messages);
    assert.deepEqual([results, await client.smembers('k')], [[1, 1, 0, 1], ['a']]);
  });

  it('sorted sets, by score', async () => {
    const properties = { structure: 'sorted-set', score: 'rank', scoreType: 'msg', condition: 'gt' };
    const messages = [
      { payload: 'a', rank: 5 },
      { payload: 'a', rank: 3 },
      { payload: 'b', rank: '4' },
    ];
    const { client } = await write(properties, ...messages);
    assert.deepEqual(await client.zrange('k', '0', '-1', 'WITHSCORES'), ['b', '4', 'a', '5']);
    const members = [
      { value: 'x', score: 2 },
      { value: 'y', score: 1 },
    ];
    const several = await write({ structure: 'sorted-set' }, { payload: members });
    assert.deepEqual([several.results, await several.client.zrange('k', '0', '-1')], [[2], ['y', 'x']]);
  });

  it('streams, and no longer than they may be', async () => {
    const properties = { structure: 'stream', maxLength: 2, trimExact: true };
    const { results, client } = await write(properties, ...[1, 2, 3].map((n) => ({ payload: { n } })));
    const entries = await client.xrange('k', '-', '+');
    assert.deepEqual(
      entries.map(([, fields]) => fields),
      [
        ['n', '2'],
        ['n', '3'],
      ],
    );
    assert.deepEqual(
      results.slice(1),
      entries.map(([id]) => id),
    );
  });

  it('streams from an id on', async () => {
    const properties = {
      structure: 'stream',
      field: 'v',
      entryId: 'at',
      entryIdType: 'msg',
      minId: '3',
      trimExact: true,
    };
    const { results, client } = await write(properties, ...[1, 2, 3].map((at) => ({ payload: 'x', at })));
    assert.deepEqual(results, ['1-0', '2-0', '3-0']);
    assert.equal(await client.xlen('k'), 1);
  });

  it('counters, up and down, whole and not', async () => {
    const up = await write({ structure: 'counter', value: '' }, {}, {});
    assert.deepEqual(up.results, [1, 2]);
    const down = await write({ structure: 'counter', direction: 'decrease' }, { payload: 2 }, { payload: 0.5 });
    assert.deepEqual(down.results, [-2, '-2.5']);
    const field = await write({ structure: 'counter', field: 'f' }, { payload: 3 }, { payload: '0.5' });
    assert.deepEqual(field.results, [3, '3.5']);
  });

  it('nothing, and deletes keys and fields', async () => {
    const { results } = await write({ structure: 'delete' }, {});
    assert.deepEqual(results, [0]);
  });

  it('to channels', async () => {
    for (const [structure, subscribe] of [
      ['publish', 'subscribe'],
      ['sharded-publish', 'ssubscribe'],
    ] as const) {
      const server = teardown.stopLater(await startRedis());
      const listener = await server.client();
      const heard: string[] = [];
      listener.on(subscribe === 'subscribe' ? 'message' : 'smessage', (_channel, text) => heard.push(String(text)));
      await listener[subscribe]('room/7');
      const flow = await startFlow(teardown, [
        TAB,
        redisProfile(server.port),
        redisNode('sink', { structure, key: 'room/{{payload.id}}', keyType: 'template', datatype: 'json' }),
      ]);
      flow.send('sink', { payload: { id: 7 } });
      await waitFor(() => heard.length === 1, 'the message');
      assert.deepEqual(heard, ['{"id":7}']);
      await flow.stop();
    }
  });
});
