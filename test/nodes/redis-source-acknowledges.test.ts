import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import {
  catcher,
  caughtCode,
  type FlowNode,
  PLACE,
  recorder,
  redisNode,
  redisProfile,
  startFlow,
  TAB,
} from './node-red';

const CORE = ['function/10-function.js', 'function/89-delay.js'];
const GROUP = { mode: 'group', key: 's', group: 'g', consumer: 'c', position: '0', field: 'n' };

const func = (id: string, code: string, wires: string[][]): FlowNode => ({
  id,
  type: 'function',
  ...PLACE,
  wires,
  func: code,
  outputs: 1,
  libs: [],
});

describe('a Redis source acknowledges', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>, ...nodes: readonly FlowNode[]) {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const flow = await startFlow(
      teardown,
      [
        TAB,
        redisProfile(server.port),
        redisNode('source', properties),
        recorder(),
        recorder('caught'),
        catcher(),
        ...nodes,
      ],
      {},
      CORE,
    );
    const pending = async (): Promise<number> => {
      const [count] = (await client.xpending('s', 'g')) as [number];
      return count;
    };
    const pendingBecomes = async (count: number) => {
      let last = -1;
      const deadline = Date.now() + 15_000;
      while (Date.now() < deadline) {
        last = await pending();
        if (last === count) return;
      }
      assert.fail(`${last} entries pending, not ${count}`);
    };
    return { server, flow, client, pending, pendingBecomes, caught: flow.received('caught') };
  }

  /** A recorder that is done with its messages when the test says so. */
  function holding(flow: Awaited<ReturnType<typeof start>>['flow'], id = 'got') {
    const held: { message: NodeMessageInFlow; done: (error?: Error) => void }[] = [];
    flow.node(id).on('input', (message, _send, done) => held.push({ message, done }));
    return held;
  }

  it('entries of a group when the flow is done with them, and not those that failed', async () => {
    const { flow, client, pendingBecomes } = await start(GROUP);
    const held = holding(flow);
    for (const n of [1, 2, 3]) await client.xadd('s', '*', 'n', n);
    await waitFor(() => held.length === 3, 'all entries');
    await pendingBecomes(3);
    held[0]?.done();
    held[1]?.done(new Error('no'));
    held[2]?.done();
    await pendingBecomes(1);
    const [[id]] = (await client.xpending('s', 'g', '-', '+', 10)) as [[string]];
    const redis = held[1]?.message['redis'];
    assert.deepEqual(redis, { key: 's', id, group: 'g', consumer: 'c', deliveries: 1 });
  });

  it('after a Function and a Delay node, and delivers again what failed', async () => {
    const { flow, client, caught, pendingBecomes } = await start(
      { ...GROUP, wires: [['fn']], claimIdleSeconds: 1 },
      func(
        'fn',
        'if (msg.payload === "bad" && msg.redis.deliveries === 1) throw new Error("no"); return { payload: msg.payload };',
        [['delay']],
      ),
      {
        id: 'delay',
        type: 'delay',
        ...PLACE,
        wires: [['got']],
        pauseType: 'delay',
        timeout: '10',
        timeoutUnits: 'milliseconds',
        outputs: 1,
      },
    );
    const got = flow.received('got');
    await client.xadd('s', '*', 'n', 'good');
    await client.xadd('s', '*', 'n', 'bad');
    await waitFor(() => got.length === 2, 'both, the bad one again', 15_000);
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['good', 'bad'],
    );
    assert.equal(caught.length, 1);
    await pendingBecomes(0);
  });

  it('no more at a time than it may: a slow flow slows reading down', async () => {
    const { flow, client, pending } = await start({ ...GROUP, maxUnacknowledged: '2' });
    const held = holding(flow);
    for (let n = 0; n < 6; n += 1) await client.xadd('s', '*', 'n', n);
    for (let at = 0; at < 6; at += 2) {
      await waitFor(() => held.length === at + 2, `${at + 2} entries`);
      assert.ok((await pending()) <= 2);
      held[at]?.done();
      held[at + 1]?.done();
    }
    assert.deepEqual(
      held.map(({ message }) => message.payload),
      ['0', '1', '2', '3', '4', '5'],
    );
  });

  it('nothing that the flow keeps, and says that it waits', async () => {
    const { flow, client } = await start({ ...GROUP, maxUnacknowledged: '1' });
    const held = holding(flow);
    await client.xadd('s', '*', 'n', 1);
    await client.xadd('s', '*', 'n', 2);
    const status = await flow.shows('source', 'waiting for the flow: 1 not done');
    assert.equal(status.fill, 'yellow');
    held[0]?.done();
    await waitFor(() => held.length === 2, 'the next entry');
    await flow.connected('source');
  });

  it('all entries of an array together', async () => {
    const { flow, client, pendingBecomes } = await start({ ...GROUP, batchCount: 3 });
    const held = holding(flow);
    for (const n of [1, 2, 3]) await client.xadd('s', '*', 'n', n);
    await waitFor(() => held.length === 1, 'the array');
    assert.deepEqual(held[0]?.message.payload, ['1', '2', '3']);
    const redis = held[0]?.message['redis'] as { ids: string[]; deliveries: number[] };
    assert.deepEqual([redis.ids.length, redis.deliveries], [3, [1, 1, 1]]);
    await pendingBecomes(3);
    held[0]?.done();
    await pendingBecomes(0);
  });

  it('at once if it is to', async () => {
    const { flow, client, pendingBecomes } = await start({ ...GROUP, acknowledge: 'receipt' });
    const held = holding(flow);
    await client.xadd('s', '*', 'n', 1);
    await waitFor(() => held.length === 1, 'the entry');
    await pendingBecomes(0);
  });

  it('by hand, once', async () => {
    const { flow, client, caught, pendingBecomes } = await start({ ...GROUP, acknowledge: 'manual', inputs: 1 });
    const got = flow.received('got');
    await client.xadd('s', '*', 'n', 1);
    await client.xadd('s', '*', 'n', 2);
    await waitFor(() => got.length === 2, 'both entries');
    await pendingBecomes(2);
    flow.send('source', { ...got[0], action: 'ack' });
    flow.send('source', { ...got[1], action: 'nack' });
    await pendingBecomes(1);
    flow.send('source', { ...got[0], action: 'ack' });
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'REDIS_NOT_PENDING');
  });

  it('items of a list when the flow is done with them', async () => {
    const { flow, client } = await start({ mode: 'reliable-list', key: 'jobs', processingKey: 'busy' });
    const held = holding(flow);
    await client.rpush('jobs', 'a', 'b');
    await waitFor(() => held.length === 2, 'both items');
    assert.equal(await client.llen('busy'), 2);
    held[0]?.done();
    held[1]?.done(new Error('no'));
    const deadline = Date.now() + 15_000;
    while ((await client.llen('busy')) !== 1 && Date.now() < deadline);
    assert.deepEqual(await client.lrange('busy', 0, -1), ['b']);
  });

  it('what is under way when it is stopped, and leaves the rest pending', async () => {
    const { flow, client, pending, pendingBecomes } = await start(GROUP);
    const held = holding(flow);
    await client.xadd('s', '*', 'n', 1);
    await client.xadd('s', '*', 'n', 2);
    await waitFor(() => held.length === 2, 'both entries');
    const stopped = flow.shutDown();
    // What a node is done with while it is being closed may have been dropped.
    held[1]?.done();
    await new Promise((resolve) => setImmediate(resolve));
    held[0]?.done();
    await stopped;
    await pendingBecomes(1);
    assert.equal(await pending(), 1);
  });
});
