import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, PLACE, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

interface Parts {
  readonly id: string;
  readonly index: number;
  readonly count?: number;
  readonly parts?: unknown;
}

describe('scans of a redis command node', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const nodes = [
      TAB,
      redisProfile(server.port),
      redisNode('command', { operation: 'scan', wires: [['got', 'join']], ...properties }),
      { id: 'join', type: 'join', ...PLACE, mode: 'auto', wires: [['joined']] },
      recorder(),
      recorder('joined'),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['command']),
    ];
    const flow = await startFlow(teardown, nodes, {}, ['sequence/17-split.js']);
    const [got, joined, caught, completed] = [
      flow.received('got'),
      flow.received('joined'),
      flow.received('caught'),
      flow.received('completed'),
    ];
    return { server, redis: await server.client(), flow, got, joined, caught, completed };
  }

  it('send every key as one of a sequence, which a join node puts together', async () => {
    const { redis, flow, got, joined, completed } = await start({
      match: 'device:*',
      count: '10',
      typeOfKey: 'string',
    });
    const keys = Array.from({ length: 100 }, (_, index) => `device:${String(index).padStart(3, '0')}`);
    await redis.mset(Object.fromEntries(keys.map((key) => [key, 'x'])));
    await redis.set('other', 'x');
    await redis.rpush('device:list', 'x');
    flow.send('command', { topic: 'kept', parts: { id: 'outer', index: 0 } });
    await waitFor(() => completed.length === 1 && joined.length === 1, 'the end');
    assert.deepEqual(texts(got), keys);
    assert.deepEqual(itemsOf(joined[0]).toSorted(), keys);
    const parts = got.map((message) => message['parts'] as Parts);
    assert.deepEqual(
      parts.map(({ index }) => index),
      [...keys.keys()],
    );
    assert.equal(new Set(parts.map(({ id }) => id)).size, 1);
    assert.deepEqual(
      parts.map(({ count }) => count).filter((count) => count !== undefined),
      [100],
    );
    assert.equal(parts.at(-1)?.count, 100);
    assert.deepEqual(parts[0]?.parts, { id: 'outer', index: 0 });
    assert.equal(got[5]?.['topic'], 'kept');
    assert.deepEqual(completed[0]?.['parts'], { id: 'outer', index: 0 });
  });

  it('read hashes, sets and sorted sets', async () => {
    const { redis, flow, got } = await start({ scan: 'HSCAN', key: 'topic', keyType: 'msg', datatype: 'json' });
    await redis.hset('h', { a: '1', b: '{}' });
    flow.send('command', { topic: 'h' });
    await waitFor(() => got.length === 2, 'the fields');
    assert.deepEqual(payloads(got), [
      { field: 'a', value: 1 },
      { field: 'b', value: {} },
    ]);
    await flow.stop();

    const sets = await start({ scan: 'SSCAN', key: 's' });
    await sets.redis.sadd('s', '1', '2', '3');
    sets.flow.send('command', {});
    await waitFor(() => sets.got.length === 3, 'the members');
    assert.deepEqual(texts(sets.got), ['1', '2', '3']);
    await sets.flow.stop();

    const sorted = await start({ scan: 'ZSCAN', key: 'z' });
    await sorted.redis.zadd('z', 1.5, 'a', '+inf', 'b');
    sorted.flow.send('command', {});
    await waitFor(() => sorted.got.length === 2, 'the members');
    assert.deepEqual(payloads(sorted.got), [
      { value: 'a', score: 1.5 },
      { value: 'b', score: Number.POSITIVE_INFINITY },
    ]);
  });

  it('send a page as one message, and an empty one when there is nothing', async () => {
    const { redis, flow, got, completed } = await start({ scan: 'SSCAN', key: 's', each: 'batch', count: '50' });
    flow.send('command', {});
    await waitFor(() => completed.length === 1, 'the empty scan');
    assert.deepEqual(payloads(got), [[]]);
    assert.equal(partsOf(got[0])?.count, 1);
    const members = Array.from({ length: 1000 }, (_, index) => `member ${index}`);
    await redis.sadd('s', ...members);
    flow.send('command', {});
    await waitFor(() => completed.length === 2, 'the end');
    const pages = got.slice(1);
    assert.ok(pages.length > 5, `${pages.length} pages`);
    assert.deepEqual(pages.flatMap(itemsOf).toSorted(), members.toSorted());
    assert.equal(partsOf(pages.at(-1))?.count, pages.length);
  });

  it('of nothing, element by element, are done and send nothing', async () => {
    const { flow, got, completed } = await start({});
    flow.send('command', {});
    await waitFor(() => completed.length === 1, 'the end');
    assert.deepEqual(got, []);
  });

  it('of 10 000 keys end when they are cancelled, and their sequence with them', async () => {
    const { redis, flow, got, joined, completed } = await start({ count: '100' });
    for (let from = 0; from < 10_000; from += 1000) {
      await redis.mset(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key:${from + index}`, 'x'])));
    }
    let cancelled = false;
    flow.node('got').on('input', () => {
      if (cancelled || got.length < 500) return;
      cancelled = true;
      flow.send('command', { action: 'cancel' });
    });
    flow.send('command', { payload: 'scan' });
    await waitFor(() => completed.length === 2 && joined.length === 1, 'the end');
    assert.ok(got.length >= 500 && got.length < 9000, `${got.length} keys`);
    assert.equal(itemsOf(joined[0]).length, got.length);
    assert.equal(completed.filter(({ payload }) => payload === 'scan').length, 1);
    // The node goes on.
    flow.send('command', { payload: 'again' });
    await waitFor(() => completed.length === 3, 'the whole scan', 20_000);
  });

  it('go on over a restart of the server', async () => {
    const { server, redis, flow, got, completed, caught } = await start({ count: '1' });
    const fill = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key:${index}`, 'x']));
    await redis.mset(fill);
    flow.send('command', {});
    await waitFor(() => got.length > 5, 'the first keys');
    await server.restart();
    await waitFor(() => completed.length + caught.length === 1, 'the end', 15_000);
    assert.deepEqual(caught.map(caughtCode), []);
  });

  it('that fail reach a catch node', async () => {
    const { redis, flow, caught } = await start({ scan: 'HSCAN', key: 'topic', keyType: 'msg' });
    await redis.set('text', 'x');
    flow.send('command', { topic: 'text' });
    flow.send('command', {});
    await waitFor(() => caught.length === 2, 'the errors');
    assert.deepEqual(caught.map((message) => String(caughtCode(message))).toSorted(), [
      'REDIS_INVALID_KEY',
      'REDIS_WRONGTYPE',
    ]);
  });
});

function payloads(messages: readonly NodeMessageInFlow[]): unknown[] {
  return messages.map(({ payload }) => payload);
}

const texts = (messages: readonly NodeMessageInFlow[]): string[] => payloads(messages).map(String).toSorted();
const itemsOf = (message: NodeMessageInFlow | undefined): string[] => (message?.payload ?? []) as string[];
const partsOf = (message: NodeMessageInFlow | undefined): Parts | undefined => message?.['parts'] as Parts | undefined;
