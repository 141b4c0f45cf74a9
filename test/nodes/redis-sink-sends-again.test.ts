import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a message that was sent and not answered when the connection broke', () => {
  const teardown = useTeardown();

  /** The outcome of one message, and whether it is stored: `done, stored`, or `<code of the error>`. */
  async function outcome(properties: Record<string, unknown>): Promise<string> {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('sink', { key: 'k', ...properties }),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['sink']),
    ]);
    await flow.connected('sink');
    const [caught, completed] = [flow.received('caught'), flow.received('completed')];
    server.pause();
    flow.send('sink', { payload: 'a' });
    // It is on its way now, and nobody reads it.
    await new Promise(setImmediate);
    await server.halt('SIGKILL');
    await server.start();
    await waitFor(() => caught.length + completed.length > 0, 'the outcome', 15_000);
    assert.equal(caught.length + completed.length, 1);
    const stored = (await (await server.client()).exists('k')) === 1;
    return [caughtCode(caught[0]) ?? 'done', ...(stored ? ['stored'] : [])].join(', ');
  }

  for (const [name, properties, expected] of [
    ['is sent again if that is safe', {}, 'done, stored'],
    ['is an error if it is not', { structure: 'list' }, 'REDIS_OUTCOME_UNKNOWN'],
    ['is sent again if the node says always', { structure: 'list', resend: 'always' }, 'done, stored'],
    ['is an error if the node says never', { resend: 'never' }, 'REDIS_OUTCOME_UNKNOWN'],
    ['is an error as a capped list', { structure: 'list', maxLength: 2 }, 'REDIS_OUTCOME_UNKNOWN'],
  ] as const) {
    it(name, async function () {
      this.timeout(60_000);
      assert.equal(await outcome(properties), expected);
    });
  }
});
