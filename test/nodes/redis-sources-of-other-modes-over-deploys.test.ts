import assert from 'node:assert/strict';
import type { Redis } from 'ioredis';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, redisNode, redisProfile, startFlow, TAB } from './node-red';

const DEPLOYS = 6;
const TURN_MILLIS = 5;

interface Mode {
  readonly settings: Record<string, unknown>;
  readonly send: (client: Redis, text: string) => Promise<unknown>;
}

const MODES: Readonly<Record<string, Mode>> = {
  'sorted-set': {
    settings: { mode: 'sorted-set', key: 'numbers', end: 'min' },
    send: (client, text) => client.zadd('numbers', Number(text), text),
  },
  'reliable-list': {
    settings: { mode: 'reliable-list', key: 'numbers', acknowledge: 'complete' },
    send: (client, text) => client.rpush('numbers', text),
  },
  group: {
    settings: {
      ...{ mode: 'group', key: 'numbers', group: 'g', consumer: 'c', position: '0', create: true },
      ...{ field: 'n', acknowledge: 'complete' },
    },
    send: (client, text) => client.xadd('numbers', '*', 'n', text),
  },
};

describe('a Redis source that keeps what it reads loses nothing over deploys', () => {
  const teardown = useTeardown();

  for (const [mode, { settings, send }] of Object.entries(MODES)) {
    it(`in mode ${mode}`, async () => {
      const server = teardown.stopLater(await startRedis());
      const client = await server.client();
      const nodes = (name: string) => [
        TAB,
        redisProfile(server.port),
        redisNode('source', { ...settings, name, datatype: 'string' }),
        collector(),
      ];
      const flow = await startFlow(teardown, nodes(''));
      await flow.connected('source');
      const got = () => new Set(flow.collected('got').map(({ payload }) => String(payload)));
      let sent = 0;
      const timer = setInterval(() => void send(client, String(sent++)), TURN_MILLIS);
      teardown.defer(() => clearInterval(timer));
      for (let round = 0; round < DEPLOYS; round += 1) {
        const before = got().size;
        await waitFor(
          () => got().size > before + 20,
          () => `items between deploys; ${got().size} of ${sent} came: ${flow.problems.join('; ')}`,
        );
        await flow.deploy(nodes(`round ${round}`), round % 2 ? 'nodes' : 'full');
      }
      clearInterval(timer);
      await waitFor(
        () => got().size >= sent,
        () => `all items; ${got().size} of ${sent} came`,
      );
      assert.equal(flow.collected('got').length, sent, 'each once');
    });
  }

  it('in mode keyspace', async () => {
    const server = teardown.stopLater(await startRedis({ config: { 'notify-keyspace-events': 'KEA' } }));
    const client = await server.client();
    const nodes = (name: string) => [
      TAB,
      redisProfile(server.port),
      redisNode('source', { mode: 'keyspace', key: 'k*', name }),
      collector(),
    ];
    const flow = await startFlow(teardown, nodes(''));
    await flow.connected('source');
    const topics = () => flow.collected('got').map(({ topic }) => String(topic));
    const count = () => topics().filter((topic) => topic !== 'kready').length;
    const ready = setInterval(() => void client.set('kready', ''), TURN_MILLIS);
    teardown.defer(() => clearInterval(ready));
    await waitFor(() => topics().length > 0, 'the source to be ready');
    clearInterval(ready);
    let sent = 0;
    const timer = setInterval(() => void client.set(`k${sent++}`, ''), TURN_MILLIS);
    teardown.defer(() => clearInterval(timer));
    for (let round = 0; round < DEPLOYS; round += 1) {
      const before = count();
      await waitFor(() => count() > before + 20, 'events between deploys');
      await flow.deploy(nodes(`round ${round}`), round % 2 ? 'nodes' : 'full');
    }
    clearInterval(timer);
    await waitFor(
      () => count() >= sent,
      () => `all events; ${count()} of ${sent} came`,
    );
    assert.equal(count(), sent);
  });
});
