import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

const CASES: readonly (readonly [payload: unknown, code: string])[] = [
  [['NOSUCHCOMMAND'], 'REDIS_UNKNOWN_COMMAND'],
  [['GET'], 'REDIS_WRONG_ARITY'],
  [['GET', 'a', 'b'], 'REDIS_WRONG_ARITY'],
  [['CLIENT', 'NOSUCH'], 'REDIS_UNKNOWN_COMMAND'],
  [['INCR', 'list'], 'REDIS_WRONGTYPE'],
  [['SET', 'denied:x', '1'], 'REDIS_NOPERM'],
  [['SET', 'key', undefined], 'REDIS_INVALID_ARGUMENT'],
  [['SET', 'key', null], 'REDIS_INVALID_ARGUMENT'],
  [['SET', 'key', Number.NaN], 'REDIS_INVALID_ARGUMENT'],
  [['SET', 'key', circular], 'REDIS_INVALID_ARGUMENT'],
  [['SET', 'key', new Map()], 'REDIS_INVALID_ARGUMENT'],
  [[], 'REDIS_INVALID_COMMAND'],
  ['', 'REDIS_INVALID_COMMAND'],
  [undefined, 'REDIS_INVALID_COMMAND'],
  [5, 'REDIS_INVALID_COMMAND'],
  [{ command: 'GET' }, 'REDIS_INVALID_COMMAND'],
  [[['GET', 'a']], 'REDIS_INVALID_COMMAND'],
  ...['SELECT 1', 'WATCH a', 'MULTI', 'EXEC', 'SUBSCRIBE a', 'AUTH p', 'HELLO 2', 'RESET', 'QUIT', 'BLPOP a 0'].map(
    (line) => [line.split(' '), 'REDIS_UNSHAREABLE'] as const,
  ),
  [['CLIENT', 'TRACKING', 'ON'], 'REDIS_UNSHAREABLE'],
  [['XREAD', 'BLOCK', 0, 'STREAMS', 's', '$'], 'REDIS_UNSHAREABLE'],
  [['MONITOR'], 'REDIS_UNSUPPORTED'],
  [['CLIENT', 'REPLY', 'OFF'], 'REDIS_UNSUPPORTED'],
];

describe('errors of a redis command node', () => {
  const teardown = useTeardown();

  it('reach a catch node with their code, each message done once, and the node goes on', async () => {
    const server = teardown.stopLater(
      await startRedis({ acl: ['node on >secret ~* &* +@all -debug resetkeys ~key ~list ~a ~s %R~denied:*'] }),
    );
    const redis = await server.client();
    await redis.rpush('list', 'item');
    const nodes = [
      TAB,
      redisProfile(server.port),
      redisNode('command', { command: 'payload', commandType: 'msg' }),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['command']),
    ];
    const flow = await startFlow(teardown, nodes, { profile: { user: 'node', password: 'secret' } });
    const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
    for (const [index, [payload]] of CASES.entries()) flow.send('command', { payload, index });
    flow.send('command', { action: 'subscribe', index: CASES.length });
    flow.send('command', { payload: ['PING'], index: -1 });
    await waitFor(
      () => caught.length === CASES.length + 1 && completed.length === 1,
      () => `all errors; caught ${JSON.stringify(caught.map((message) => [message['index'], caughtCode(message)]))}`,
    );
    const codeByIndex = new Map(caught.map((message) => [message['index'], caughtCode(message)]));
    assert.deepEqual(
      [...CASES.keys(), CASES.length].map((index) => codeByIndex.get(index)),
      [...CASES.map(([, code]) => code), 'INVALID_ACTION'],
    );
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['PONG'],
    );
    assert.ok(!flow.logged.some((line) => line.includes('secret')));
  });
});
