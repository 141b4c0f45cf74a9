import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('an array to a redis sink', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('sink', { key: 'k', outputs: 1, ...properties }),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['sink']),
    ]);
    const [got, caught, completed] = ['got', 'caught', 'completed'].map((id) => flow.received(id));
    const ended = () => (caught?.length ?? 0) + (completed?.length ?? 0);
    const write = async (payload: unknown) => {
      const before = ended();
      flow.send('sink', { payload });
      await waitFor(() => ended() === before + 1, 'the message to be done');
    };
    return { write, got: got ?? [], caught: caught ?? [], client: await server.client() };
  }

  it('is one value unless the node says otherwise', async () => {
    const { write, client } = await start({ structure: 'list', datatype: 'json' });
    await write([1, 2]);
    assert.deepEqual(await client.lrange('k', 0, -1), ['[1,2]']);
  });

  it('becomes a command for each element, with keys of its own', async () => {
    const { write, got, client } = await start({
      key: 'room:{{payload.id}}',
      keyType: 'template',
      value: '$$.payload',
      valueType: 'jsonata',
      datatype: 'json',
      arrays: 'pipeline',
    });
    await write([{ id: 1 }, { id: 2 }]);
    assert.deepEqual(got[0]?.payload, ['OK', 'OK']);
    assert.deepEqual(await client.mget('room:1', 'room:2'), ['{"id":1}', '{"id":2}']);
    await write([]);
    assert.deepEqual(got[1]?.payload, []);
  });

  it('as the payload, where the value is a part of each element', async () => {
    const key = { key: 'room:{{payload.id}}', keyType: 'template', value: 'payload.value', valueType: 'msg' };
    const { write, got, client } = await start({ ...key, arrays: 'pipeline' });
    await write([{ id: 1, value: 'a' }, { id: 2, value: 'b' }, { id: 3 }]);
    const results = got[0]?.payload as unknown[];
    assert.deepEqual(results.slice(0, 2), ['OK', 'OK']);
    assert.deepEqual(await client.mget('room:1', 'room:2', 'room:3'), ['a', 'b', null]);
    await write({ id: 4, value: 'd' });
    assert.equal(await client.get('room:4'), 'd');
  });

  it('as the payload, where there is no value', async () => {
    const counter = { structure: 'counter', key: 'visits:{{payload}}', keyType: 'template', value: '' };
    const { write, got, client } = await start({ ...counter, arrays: 'transaction' });
    await write(['a', 'b', 'a']);
    assert.deepEqual(got[0]?.payload, [1, 1, 2]);
    assert.equal(await client.get('visits:a'), '2');
  });

  it('in a pipeline, where elements fail by themselves', async () => {
    const key = { key: 'payload.key', keyType: 'msg', value: 'payload', structure: 'hash', datatype: 'auto' };
    const { write, got, caught, client } = await start({ ...key, arrays: 'pipeline' });
    await client.set('text', 'x');
    await write([{ key: 'a' }, { key: 'text' }, { key: {} }, { key: 'b' }]);
    const results = got[0]?.payload as { error?: { code: string } }[];
    assert.deepEqual(
      results.map((result) => result.error?.code ?? result),
      [1, 'REDIS_WRONGTYPE', 'REDIS_INVALID_KEY', 1],
    );
    assert.equal(caughtCode(caught[0]), 'REDIS_WRONGTYPE');
    const error = caught[0]?.['error'] as { message: string; cause: { results: unknown } } | undefined;
    assert.match(error?.message ?? '', /^PoolError: 2 of 4 values could not be written; the first is number 2: /);
    assert.deepEqual(error?.cause.results, results);
    assert.deepEqual(caught[0]?.payload, [{ key: 'a' }, { key: 'text' }, { key: {} }, { key: 'b' }]);
    assert.equal(await client.hget('b', 'key'), 'b');
  });

  it('in a transaction, of which nothing is sent if an element can not be', async () => {
    const { write, got, caught, client } = await start({ structure: 'list', arrays: 'transaction', maxLength: 2 });
    await write(['a', 'b', 'c']);
    assert.deepEqual(got[0]?.payload, [1, 2, 3]);
    assert.deepEqual(await client.lrange('k', 0, -1), ['b', 'c']);
    await write(['d', {}]);
    assert.equal(caughtCode(caught[0]), 'REDIS_INVALID_PAYLOAD');
    assert.deepEqual([await client.lrange('k', 0, -1), got.length], [['b', 'c'], 1]);
  });

  it('in a transaction, whose elements each have a result', async () => {
    const { write, got, caught, client } = await start({
      key: 'payload',
      keyType: 'msg',
      value: 'payload',
      structure: 'counter',
      arrays: 'transaction',
    });
    await client.rpush('2', 'a list');
    await write([1, 2, 3]);
    assert.equal(caughtCode(caught[0]), 'REDIS_WRONGTYPE');
    const results = got[0]?.payload as { error?: { code: string } }[];
    assert.deepEqual(
      results.map((result) => result.error?.code ?? result),
      [1, 'REDIS_WRONGTYPE', 3],
    );
    assert.equal(await client.get('3'), '3');
  });

  it('has row kinds of its elements', async () => {
    const { write, got, client } = await start({
      key: 'payload.id',
      keyType: 'msg',
      rowKind: 'payload.rowkind',
      rowKindType: 'msg',
      datatype: 'json',
      arrays: 'pipeline',
    });
    await client.mset('there', 'x', 'old', 'x');
    await write([
      { id: 'new', rowkind: 'insert' },
      { id: 'there', rowkind: 'insert' },
      { id: 'none', rowkind: 'update' },
      { id: 'old', rowkind: 'delete' },
      { id: 'plain' },
    ]);
    assert.deepEqual(got[0]?.payload, ['OK', null, null, 1, 'OK']);
    assert.deepEqual((await client.keys('*')).toSorted(), ['new', 'plain', 'there']);
  });
});
