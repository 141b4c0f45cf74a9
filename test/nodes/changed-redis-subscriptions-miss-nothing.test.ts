import assert from 'node:assert/strict';
import { assertComplete } from '../support/numbered-stream';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, redisNode, redisProfile, startFlow, TAB } from './node-red';

const DEPLOYS = 8;
const BATCH = 5;
const TURN_MILLIS = 5;

/** All get what is published to `plant/numbers`. */
const VARIANTS = [
  { mode: 'subscribe', key: 'plant/numbers' },
  { mode: 'psubscribe', key: 'plant/*' },
  { mode: 'psubscribe', key: '*numbers' },
  { mode: 'subscribe', key: 'plant/numbers' },
];

describe('a Redis source whose subscription is changed in a deploy', () => {
  const teardown = useTeardown();

  it('misses nothing of what both match, and gets nothing twice', async () => {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const nodes = (round: number) => [
      TAB,
      redisProfile(server.port),
      redisNode('source', { ...VARIANTS[round % VARIANTS.length], datatype: 'string' }),
      collector(),
    ];
    const flow = await startFlow(teardown, nodes(0));
    await flow.connected('source');
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    const publish = (text: string) => client.publish('plant/numbers', text);
    let sent = 0;
    const timer = setInterval(() => {
      for (let more = 0; more < BATCH; more += 1) void publish(String(sent++));
    }, TURN_MILLIS);
    teardown.defer(() => clearInterval(timer));
    for (let round = 1; round <= DEPLOYS; round += 1) {
      const before = payloads().length;
      await waitFor(() => payloads().length > before + 20, 'messages between deploys');
      await flow.deploy(nodes(round), 'nodes');
    }
    clearInterval(timer);
    await publish('end');
    await waitFor(() => payloads().at(-1) === 'end', 'the last message');
    assertComplete(payloads(), sent);
    assert.deepEqual(flow.problems, []);
  });
});
