import assert from 'node:assert/strict';
import type { RedisSubscription } from '../../../src/drivers/redis/subscribing';
import { startRedis } from '../../support/redis-server';
import { active, RedisSubscriber, redisPool, standalone } from '../../support/redis-subscriber';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('while a message is handed out', () => {
  const teardown = useTeardown();

  it('closing, joining and throwing concern nobody else', async () => {
    const redis = teardown.stopLater(await startRedis());
    const pool = redisPool(teardown);
    const [first, closer, victim, thrower, last] = Array.from(
      { length: 5 },
      () => new RedisSubscriber(pool, standalone(redis.port)),
    );
    assert.ok(first && closer && victim && thrower && last);
    const subscriptions: RedisSubscription[] = [];
    const listen = (node: RedisSubscriber, message: () => void) => {
      const subscription = node.session.subscribe({ kind: 'channel', name: 'plant' }, { message });
      subscriptions.push(subscription);
      return subscription;
    };
    let closed = 0;
    let thrown = 0;
    subscriptions.push(first.subscribe('plant'));
    const own = listen(closer, () => {
      closed += 1;
      own.close();
      other.close();
      victim.subscribe('plant');
    });
    const other = victim.subscribe('plant');
    listen(thrower, () => {
      thrown += 1;
      throw new Error('on purpose');
    });
    subscriptions.push(last.subscribe('plant'));
    for (const subscription of subscriptions) await active(subscription);
    const client = await redis.client();
    await client.publish('plant', 'one');
    await client.publish('plant', 'end');
    await last.got('end');
    await waitFor(() => victim.payloads.includes('end'), 'the one who joined to hear the second');
    assert.deepEqual(first.payloads, ['one', 'end']);
    assert.deepEqual(victim.payloads, ['end']);
    assert.deepEqual(last.payloads, ['one', 'end']);
    assert.deepEqual([closed, thrown], [1, 2]);
  });
});
