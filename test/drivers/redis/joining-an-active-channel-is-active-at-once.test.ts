import assert from 'node:assert/strict';
import { startRedis } from '../../support/redis-server';
import { active, calls, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('coming and going', () => {
  const teardown = useTeardown();

  it('a node that joins an active channel is active at once and told so', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const first = new RedisSubscriber(pool, standalone(redis.port));
    await first.subscribed('plant');
    const second = new RedisSubscriber(pool, standalone(redis.port));
    assert.equal(second.subscribe('plant').state.kind, 'active');
    await waitFor(() => second.states.length > 0, 'the state to be told');
    assert.deepEqual(second.states, ['active']);
    const client = await redis.client();
    await client.publish('plant', 'end');
    await second.got('end');
    assert.deepEqual(await calls(client, 'subscribe'), { subscribe: 1 });
  });

  it('quick changes of mind end as wanted', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const node = new RedisSubscriber(pool, standalone(redis.port));
    const client = await redis.client();
    const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
    for (let turns = 0; turns < 6; turns += 1) {
      const subscriptions = [node.subscribe('plant')];
      for (let change = 0; change < 5; change += 1) {
        for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        subscriptions.at(-1)?.close();
        for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        subscriptions.push(node.subscribe('plant'));
      }
      const [last] = subscriptions.slice(-1);
      assert.ok(last);
      await active(last);
      const mark = `end ${turns}`;
      await client.publish('plant', mark);
      await node.got(mark);
      last.close();
    }
    assert.deepEqual(
      node.payloads,
      [0, 1, 2, 3, 4, 5].map((turns) => `end ${turns}`),
    );
  });

  it('a node stopped and started in one turn costs no command', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown, { lingerMillis: 1000 });
    const profile = standalone(redis.port);
    const before = new RedisSubscriber(pool, profile);
    await before.subscribed('plant');
    const released = before.release({ linger: true });
    const after = new RedisSubscriber(pool, profile);
    await after.subscribed('plant');
    await released;
    const client = await redis.client();
    await client.publish('plant', 'end');
    await after.got('end');
    assert.deepEqual(before.payloads, []);
    assert.deepEqual(await calls(client, 'subscribe', 'unsubscribe'), { subscribe: 1, unsubscribe: 0 });
  });
});
