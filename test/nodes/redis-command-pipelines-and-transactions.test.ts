import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

type Results = unknown[];

const codeOf = (result: unknown): unknown => (result as { error?: { code?: unknown } } | undefined)?.error?.code;

function errorOf(message: NodeMessageInFlow | undefined): { readonly message: string; readonly results: Results } {
  const error = message?.['error'] as { message?: string; cause?: { results?: Results } } | undefined;
  return { message: error?.message ?? '', results: error?.cause?.results ?? [] };
}

describe('several commands of a redis command node', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('command', properties),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['command']),
    ]);
    const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
    return { redis: await server.client(), flow, got, caught, completed };
  }

  const GOOD = [['SET', 'a', 1], 'INCR a', { command: 'HSET', args: ['h', 'x', { y: 1 }] }, { command: 'HGETALL h' }];
  const ONE_BAD = [
    ['SET', 'text', 'x'],
    ['LPUSH', 'text', 'y'],
    ['INCR', 'n'],
  ];

  for (const operation of ['pipeline', 'transaction']) {
    it(`as a ${operation} give an array of replies`, async () => {
      const { flow, got, completed } = await start({ operation });
      flow.send('command', { payload: GOOD, topic: 'kept' });
      flow.send('command', { payload: [] });
      await waitFor(() => completed.length === 2, 'both to be done');
      const [first, second] = got.toSorted((a, b) => Number(a['topic'] !== 'kept') - Number(b['topic'] !== 'kept'));
      assert.deepEqual(first?.payload, ['OK', 2, 1, { x: '{"y":1}' }]);
      assert.equal(first?.['topic'], 'kept');
      assert.deepEqual(second?.payload, []);
    });

    it(`as a ${operation} tell of those that failed, with all results`, async () => {
      const { redis, flow, got, caught, completed } = await start({ operation });
      flow.send('command', { payload: ONE_BAD });
      await waitFor(() => caught.length === 1, 'the error');
      assert.equal(caughtCode(caught[0]), 'REDIS_WRONGTYPE');
      const { message, results } = errorOf(caught[0]);
      assert.match(message, /1 of 3 commands failed/);
      const [set, push, incr] = results;
      assert.deepEqual([set, codeOf(push), incr], ['OK', 'REDIS_WRONGTYPE', 1]);
      assert.deepEqual(caught[0]?.payload, ONE_BAD);
      assert.equal(await redis.get('n'), '1');
      assert.deepEqual([got.length, completed.length], [0, 0]);
    });

    it(`as a ${operation} can send the results on all the same`, async () => {
      const { flow, got, caught } = await start({ operation, sendFailures: true });
      flow.send('command', { payload: ONE_BAD });
      await waitFor(() => got.length === 1, 'the results');
      const [set, push, incr] = (got[0]?.payload ?? []) as Results;
      assert.deepEqual([set, codeOf(push), incr], ['OK', 'REDIS_WRONGTYPE', 1]);
      assert.deepEqual(caught, []);
    });

    it(`as a ${operation} are refused together when one can't be sent`, async () => {
      const { redis, flow, caught } = await start({ operation });
      const bad = [
        [
          ['SET', 'a', '1'],
          ['SELECT', 1],
        ],
        [['SET', 'a', undefined]],
        [['SET', 'a', '1'], []],
        'GET a',
        {},
      ];
      for (const payload of bad) flow.send('command', { payload });
      await waitFor(() => caught.length === bad.length, 'the errors');
      assert.deepEqual(
        caught.map(caughtCode),
        [
          'REDIS_INVALID_ARGUMENT',
          'REDIS_INVALID_COMMAND',
          'REDIS_INVALID_COMMAND',
          'REDIS_INVALID_COMMAND',
          'REDIS_UNSHAREABLE',
        ].toSorted(byPlaceIn(caught.map(caughtCode))),
      );
      assert.equal(await redis.exists('a'), 0);
    });
  }

  it('as a transaction are none of them carried out when the server refuses one', async () => {
    const { redis, flow, caught } = await start({ operation: 'transaction' });
    flow.send('command', { payload: [['SET', 'a', '1'], ['NOSUCH'], ['INCR', 'n']] });
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'REDIS_EXECABORT');
    assert.match(errorOf(caught[0]).message, /NOSUCH/);
    assert.equal(await redis.exists('a', 'n'), 0);
  });

  it('of several messages never come between those of a transaction', async () => {
    const { flow, got } = await start({ operation: 'transaction' });
    const payload = Array.from({ length: 5 }, () => ['INCR', 'n']);
    for (let index = 0; index < 50; index += 1) flow.send('command', { payload });
    await waitFor(() => got.length === 50, 'all results');
    for (const { payload: results } of got) {
      const [first = 0] = results as number[];
      assert.deepEqual(results, [first, first + 1, first + 2, first + 3, first + 4]);
    }
  });
});

/** Refusals are told at once or in the next turn: in which order is left open. */
function byPlaceIn(order: readonly (string | undefined)[]): (a: string, b: string) => number {
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}
