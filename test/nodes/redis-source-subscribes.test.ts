import assert from 'node:assert/strict';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { catcher, caughtCode, completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('a Redis source', () => {
  const teardown = useTeardown();

  async function start(properties: Record<string, unknown>) {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port),
      redisNode('source', properties),
      recorder(),
      recorder('completed'),
      recorder('caught'),
      completer(['source']),
      catcher(),
    ]);
    const client = await server.client();
    return { server, flow, client, got: flow.received('got'), caught: flow.received('caught') };
  }

  it('sends what is published to its channel', async () => {
    const { flow, client, got } = await start({ mode: 'subscribe', key: 'news of today', datatype: 'json' });
    await flow.connected('source');
    await client.publish('news of today', '{"a":1}');
    await client.publish('others', '2');
    await client.publish('news of today', '3');
    await waitFor(() => got.length === 2, 'both messages');
    assert.deepEqual(got[0], {
      _msgid: got[0]?._msgid,
      topic: 'news of today',
      payload: { a: 1 },
      redis: { channel: 'news of today' },
    });
    assert.equal(got[1]?.payload, 3);
  });

  it('sends what matches its pattern', async () => {
    const { flow, client, got } = await start({ mode: 'psubscribe', key: 'news.*', datatype: 'buffer' });
    await flow.connected('source');
    await client.publish('news.a', Buffer.from([0, 255]));
    await waitFor(() => got.length === 1, 'the message');
    const { topic, payload, pattern, redis } = got[0] as unknown as Record<string, unknown>;
    assert.deepEqual([topic, payload, pattern], ['news.a', Buffer.from([0, 255]), 'news.*']);
    assert.deepEqual(redis, { channel: 'news.a', pattern: 'news.*' });
  });

  it('sends what is published to a sharded channel', async () => {
    const { flow, client, got } = await start({ mode: 'ssubscribe', key: 'shard' });
    await flow.connected('source');
    await client.call('SPUBLISH', 'shard', '7');
    await waitFor(() => got.length === 1, 'the message');
    assert.deepEqual([got[0]?.topic, got[0]?.payload], ['shard', '7']);
  });

  it('collects arrays by count and by time', async () => {
    const { flow, client, got } = await start({ mode: 'subscribe', key: 'a', batchCount: '3', batchSeconds: '0.05' });
    await flow.connected('source');
    // All at once: the time begins with the first.
    const publishing = client.multi();
    for (const value of ['1', '2', '3', '4']) publishing.publish('a', value);
    await publishing.exec();
    await waitFor(() => got.length === 2, 'both arrays');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [['1', '2', '3'], ['4']],
    );
    assert.deepEqual((got[0] as unknown as Record<string, unknown>)['redis'], { channels: ['a', 'a', 'a'] });
  });

  it('subscribes and unsubscribes as messages say', async () => {
    const { server, flow, client, got } = await start({ mode: 'psubscribe', key: '', inputs: 1 });
    const completed = flow.received('completed');
    await flow.connected('source');
    flow.send('source', { action: 'subscribe', topic: ['a.*', 'b'] });
    await waitFor(() => completed.length === 1, 'the action to be done');
    assert.deepEqual(completed[0]?.['subscriptions'], ['a.*', 'b']);
    await flow.connected('source');
    await waitFor(() => server.log.length > 0, 'the server');
    await client.publish('a.1', 'x');
    await client.publish('b', 'y');
    await waitFor(() => got.length === 2, 'both messages');
    flow.send('source', { action: 'unsubscribe', topic: 'b' });
    flow.send('source', { action: 'getSubscriptions' });
    await waitFor(() => got.length === 3, 'the list');
    assert.deepEqual([got[2]?.topic, got[2]?.payload], ['subscriptions', ['a.*']]);
    flow.send('source', { action: 'unsubscribe', topic: true });
    await waitFor(() => completed.length === 4, 'all actions to be done');
    assert.deepEqual(completed[3]?.['subscriptions'], []);
  });

  it('refuses actions it does not know, and topics that are none', async () => {
    const { flow, caught } = await start({ mode: 'subscribe', key: '', inputs: 1 });
    flow.send('source', { action: 'dance' });
    flow.send('source', { action: 'subscribe', topic: 5 });
    flow.send('source', { action: 'ack', redis: {} });
    await waitFor(() => caught.length === 3, 'all errors');
    assert.deepEqual(caught.map(caughtCode), ['INVALID_ACTION', 'INVALID_SUBSCRIPTION', 'INVALID_ACTION']);
  });

  it('gives what is not JSON to Catch nodes, and goes on', async () => {
    const { flow, client, got, caught } = await start({ mode: 'subscribe', key: 'a', datatype: 'json' });
    await flow.connected('source');
    await client.publish('a', 'not json');
    await client.publish('a', '1');
    await waitFor(() => got.length === 1 && caught.length === 1, 'both');
    assert.equal(caughtCode(caught[0]), 'INVALID_JSON');
    assert.deepEqual(caught[0]?.payload, Buffer.from('not json'));
  });
});
