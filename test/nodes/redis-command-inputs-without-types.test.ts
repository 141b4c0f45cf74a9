import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a redis command node in a flow written by hand', () => {
  const teardown = useTeardown();

  for (const [what, properties] of Object.entries({
    'the arguments from the message': { command: 'ECHO', arguments: 'array', argsFrom: 'args' },
    'the commands from the message': { operation: 'pipeline', commands: 'list' },
    'the key from a template': { operation: 'lookup', key: 'key:{{topic}}' },
  })) {
    it(`takes ${what} as the editor would, without the types of its inputs`, async () => {
      const server = teardown.stopLater(await startRedis());
      const flow = await startFlow(teardown, [
        TAB,
        redisProfile(server.port),
        redisNode('command', properties),
        recorder(),
      ]);
      await (await server.client()).set('key:a', 'hello');
      const got = flow.received('got');
      flow.send('command', { topic: 'a', args: ['hello'], list: [['GET', 'key:a']] });
      await waitFor(() => got.length === 1, 'the result');
      assert.equal(String(got[0]?.payload), 'hello');
    });
  }
});
