import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const CASES: readonly (readonly [what: string, settings: Record<string, unknown>, code: string, message: RegExp])[] = [
  ['can not be compiled', { script: 'local a = 1\nreturn (' }, 'REDIS_SCRIPT_ERROR', /: Line 2 of the script: /],
  [
    'uses what is not there, with names',
    { script: 'local a = 1\n\nreturn nosuch(a)', keys: [{ name: 'room', value: 'r', type: 'str' }] },
    'REDIS_SCRIPT_ERROR',
    /: Line 3 of the script: Script attempted to access nonexistent global variable 'nosuch'\.$/,
  ],
  [
    'runs a command that fails',
    { script: "\nreturn redis.call('INCR', 'text')" },
    'REDIS_SCRIPT_ERROR',
    /: Line 2 of the script: WRONGTYPE /,
  ],
  ['throws', { script: "error('boo')" }, 'REDIS_SCRIPT_ERROR', /: Line 1 of the script: boo\.$/],
  ['is empty', { script: ' ' }, 'REDIS_INVALID_SCRIPT', /no script/],
  [
    'answers with a code of its own',
    { script: "return redis.error_reply('BUSYROOM try later')" },
    'REDIS_BUSYROOM',
    /try later/,
  ],
  ['answers with an error', { script: "return redis.error_reply('no luck')" }, 'REDIS_SCRIPT_ERROR', /no luck/],
  [
    'lacks an argument',
    { script: 'return 1', args: [{ name: 'a', value: 'missing', type: 'msg' }] },
    'REDIS_INVALID_ARGUMENT',
    /"a"/,
  ],
  [
    'has its rest in the middle',
    {
      script: 'return 1',
      args: [
        { name: '...a', value: 'payload', type: 'msg' },
        { name: 'b', value: 'x', type: 'str' },
      ],
    },
    'REDIS_INVALID_SCRIPT',
    /must be the last/,
  ],
  ['does not exist', { kind: 'function', functionName: 'nosuch' }, 'REDIS_UNKNOWN_FUNCTION', /"nosuch"/],
  ['has no name', { kind: 'function' }, 'REDIS_INVALID_SCRIPT', /no function/],
];

describe('a script that', () => {
  const teardown = useTeardown();

  for (const [what, settings, code, message] of CASES) {
    it(`${what} is an error at its node`, async () => {
      const server = teardown.stopLater(await startRedis());
      await (await server.client()).rpush('text', 'x');
      const flow = await startFlow(teardown, [
        TAB,
        redisProfile(server.port),
        redisNode('script', settings),
        recorder(),
        recorder('caught'),
        recorder('completed'),
        catcher(),
        completer(['script']),
      ]);
      const [got, caught, completed] = [flow.received('got'), flow.received('caught'), flow.received('completed')];
      flow.send('script', { payload: 'kept' });
      await waitFor(() => caught.length === 1, 'the error');
      assert.equal(caughtCode(caught[0]), code);
      assert.match(String((caught[0]?.['error'] as { message?: string } | undefined)?.message), message);
      assert.equal(caught[0]?.payload, 'kept');
      assert.deepEqual([got.length, completed.length], [0, 0]);
    });
  }
});
