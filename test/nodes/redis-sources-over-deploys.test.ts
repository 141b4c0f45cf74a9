import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { assertComplete } from '../support/numbered-stream';
import { type RedisServer, startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, redisNode, redisProfile, startFlow, TAB } from './node-red';

const DEPLOYS = 10;
const BATCH = 5;
const TURN_MILLIS = 5;

const MODES: Readonly<Record<string, (client: Redis, text: string) => Promise<unknown>>> = {
  subscribe: (client, text) => client.publish('numbers', text),
  psubscribe: (client, text) => client.publish('numbers', text),
  stream: (client, text) => client.xadd('numbers', '*', 'n', text),
  list: (client, text) => client.rpush('numbers', text),
};

describe('a Redis source loses nothing over deploys', () => {
  const teardown = useTeardown();

  for (const [mode, send] of Object.entries(MODES)) {
    for (const type of ['full', 'nodes'] as const) {
      it(`of type ${type}, in mode ${mode}`, async () => {
        const server = teardown.stopLater(await startRedis());
        const client = await server.client();
        const key = mode === 'psubscribe' ? 'numb*' : 'numbers';
        const nodes = (name: string) => [
          TAB,
          redisProfile(server.port),
          redisNode('source', { mode, key, name, field: 'n', datatype: 'string', position: '$' }),
          collector(),
        ];
        const flow = await startFlow(teardown, nodes(''));
        await flow.connected('source');
        const payloads = () => flow.collected('got').map(({ payload }) => payload);
        await send(client, 'ready');
        await waitFor(() => payloads().includes('ready'), 'the source to be ready');
        const socketsBefore = await idsOf(server);

        let sent = 0;
        const timer = setInterval(() => {
          for (let more = 0; more < BATCH; more += 1) void send(client, String(sent++));
        }, TURN_MILLIS);
        teardown.defer(() => clearInterval(timer));
        for (let round = 0; round < DEPLOYS; round += 1) {
          const before = payloads().length;
          await waitFor(() => payloads().length > before + 20, 'messages between deploys');
          await flow.deploy(nodes(`round ${round}`), type);
          await flow.connected('source');
        }
        clearInterval(timer);
        await send(client, 'end');
        await waitFor(() => payloads().at(-1) === 'end', 'the last message');

        assertComplete(payloads(), sent);
        assert.deepEqual(flow.problems, []);
        const socketsAfter = await idsOf(server);
        assert.ok(
          socketsBefore.every((id) => socketsAfter.includes(id)),
          'the connection was made anew',
        );
        if (!mode.endsWith('subscribe')) return;
        const calls = await commandCalls(client);
        assert.equal(calls.get(mode), 1);
        assert.equal(calls.get(mode.replace('sub', 'unsub')), undefined);
      });
    }
  }
});

async function idsOf(server: RedisServer): Promise<(string | undefined)[]> {
  return (await server.clients()).map(({ id }) => id);
}

/** How often each command was called since the start of the server. */
async function commandCalls(client: Redis): Promise<ReadonlyMap<string, number>> {
  const info = await client.info('commandstats');
  return new Map(
    [...info.matchAll(/^cmdstat_([a-z|]+):calls=(\d+)/gm)].map(([, name = '', calls]) => [name, Number(calls)]),
  );
}
