import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { staysFalse, waitFor, waitForAsync } from '../support/waiting';
import { type FlowUnderTest, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const FLOOD = 5000;
const LIMIT = 10;
/** With more than this, the three that are read at once would be too many. */
const ENOUGH = 7;

/** A recorder that is done with its messages when the test says so. */
function holding(flow: FlowUnderTest, id = 'got') {
  const held: { payload: unknown; done: () => void }[] = [];
  flow.node(id).on('input', ({ payload }, _send, done) => held.push({ payload, done }));
  return held;
}

describe('a Redis source whose flow is too slow', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const client = await server.client();
    const source = redisNode('source', { maxUnacknowledged: String(LIMIT), ...properties });
    const flow = await startFlow(teardown, [TAB, redisProfile(server.port), source, recorder()]);
    await flow.connected('source');
    return { client, flow, held: holding(flow) };
  }

  it('drops what is published beyond its limit, and counts it', async () => {
    const { client, flow, held } = await start({ mode: 'subscribe', key: 'news' });
    for (let number = 0; number < FLOOD; number += 1) void client.publish('news', String(number));
    await flow.shows('source', `${FLOOD - LIMIT} dropped, flow too slow`);
    assert.deepEqual(
      held.map(({ payload }) => payload),
      Array.from({ length: LIMIT }, (_unused, number) => String(number)),
    );
    assert.deepEqual(
      flow.problems.map((text) => text.slice(0, 28)),
      ['source: The flow is too slow'],
    );
    for (const { done } of held) done();
    await waitForAsync(async () => {
      await client.publish('news', 'next');
      return held.length > LIMIT;
    }, 'the next message');
  });

  it('reads no more from a list than it may have in its flow', async () => {
    const { client, held } = await start({ mode: 'list', key: 'jobs' });
    const numbers = Array.from({ length: 100 }, (_unused, number) => String(number));
    await client.rpush('jobs', ...numbers);
    await waitFor(() => held.length > ENOUGH, 'as many as may be in the flow');
    await staysFalse(() => held.length > LIMIT, 'more than that', 60);
    assert.equal(await client.llen('jobs'), numbers.length - held.length);
    for (let number = 0; number < numbers.length; number += 1) {
      await waitFor(() => held.length > number, `item ${number}`);
      assert.ok(held.length - number <= LIMIT);
      held[number]?.done();
    }
    assert.deepEqual(
      held.map(({ payload }) => payload),
      numbers,
    );
  });

  it('reads no more from a stream than it may have in its flow', async () => {
    const { client, held } = await start({ mode: 'stream', key: 'events', position: '0', field: 'n' });
    for (let number = 0; number < 50; number += 1) await client.xadd('events', '*', 'n', number);
    await waitFor(() => held.length > ENOUGH, 'as many as may be in the flow');
    await staysFalse(() => held.length > LIMIT, 'more than that', 60);
    for (let number = 0; number < 50; number += 1) {
      await waitFor(() => held.length > number, `entry ${number}`);
      held[number]?.done();
    }
    assert.equal(held.length, 50);
  });

  it('goes on without what the flow does not finish in the set time', async () => {
    const { client, flow, held } = await start({ mode: 'list', key: 'jobs', completeSeconds: '0.5' });
    await client.rpush('jobs', ...Array.from({ length: 2 * LIMIT }, (_unused, number) => String(number)));
    await waitFor(() => held.length === 2 * LIMIT, 'all of them');
    await waitFor(() => flow.problems.some((text) => text.includes('did not finish')), 'a warning');
  });
});
