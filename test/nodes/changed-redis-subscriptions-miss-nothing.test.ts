import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import type { NodeMessageInFlow } from 'node-red';
import { assertComplete } from '../support/numbered-stream';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, redisNode, redisProfile, startFlow, TAB } from './node-red';

const DEPLOYS = 8;
const BATCH = 5;
const TURN_MILLIS = 5;

interface Case {
  /** All bring the same messages. */
  readonly variants: readonly Record<string, unknown>[];
  readonly send: (client: Redis, number: string) => Promise<unknown>;
  readonly read: (message: NodeMessageInFlow) => unknown;
}

const CASES: Readonly<Record<string, Case>> = {
  'channels and patterns': {
    variants: [
      { mode: 'subscribe', key: 'plant/numbers' },
      { mode: 'psubscribe', key: 'plant/*' },
      { mode: 'psubscribe', key: '*numbers' },
      { mode: 'subscribe', key: 'plant/numbers' },
    ],
    send: (client, number) => client.publish('plant/numbers', number),
    read: ({ payload }) => payload,
  },
  'keyspace events': {
    variants: [
      { mode: 'keyspace', key: 'plant:*' },
      { mode: 'keyspace', key: 'p?ant:*', events: 'set' },
      { mode: 'keyspace', key: '*' },
    ],
    send: (client, number) => client.set(`plant:${number}`, '1'),
    read: ({ topic }) => topic?.slice('plant:'.length),
  },
};

describe('a Redis source whose subscription is changed in a deploy', () => {
  const teardown = useTeardown();

  for (const [title, { variants, send, read }] of Object.entries(CASES)) {
    it(`misses nothing of what both match, and gets nothing twice: ${title}`, async () => {
      const server = teardown.stopLater(await startRedis({ config: { 'notify-keyspace-events': 'KEA' } }));
      const client = await server.client();
      const nodes = (round: number) => [
        TAB,
        redisProfile(server.port),
        redisNode('source', { ...variants[round % variants.length], datatype: 'string' }),
        collector(),
      ];
      const flow = await startFlow(teardown, nodes(0));
      await flow.connected('source');
      const payloads = () => flow.collected('got').map((message) => read(message));
      let sent = 0;
      const timer = setInterval(() => {
        for (let more = 0; more < BATCH; more += 1) void send(client, String(sent++));
      }, TURN_MILLIS);
      teardown.defer(() => clearInterval(timer));
      for (let round = 1; round <= DEPLOYS; round += 1) {
        const before = payloads().length;
        await waitFor(() => payloads().length > before + 20, 'messages between deploys');
        await flow.deploy(nodes(round), 'nodes');
      }
      clearInterval(timer);
      await send(client, 'end');
      await waitFor(() => payloads().at(-1) === 'end', 'the last message');
      assertComplete(payloads(), sent);
      assert.deepEqual(flow.problems, []);
    });
  }
});
