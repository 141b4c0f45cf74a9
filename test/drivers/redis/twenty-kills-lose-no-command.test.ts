import assert from 'node:assert/strict';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { nextLoss, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('a connection killed twenty times under load', () => {
  const teardown = useTeardown();

  it('answers every command: carried out, or its outcome unknown; safe ones are never lost', async function () {
    this.timeout(60_000);
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    await node.lease.connect();
    const direct = await server.client();
    let counted = 0;
    let unknown = 0;
    const safe: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round += 1) {
      const lost = nextLoss(node.lease);
      const counts = Array.from({ length: 200 }, () =>
        node.run('INCR', 'counter').then(
          () => (counted += 1),
          (error: { code: string }) => {
            assert.equal(error.code, 'REDIS_OUTCOME_UNKNOWN');
            unknown += 1;
          },
        ),
      );
      for (let index = 0; index < 200; index += 1) safe.push(node.run('SADD', 'set', `${round}.${index}`));
      await direct.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await lost;
      await reached(node.lease, 'connected');
      await Promise.all(counts);
    }
    await Promise.all(safe);
    assert.equal(await node.run('SCARD', 'set'), 4000);
    assert.equal(counted + unknown, 4000);
    const carriedOut = Number(await node.run('GET', 'counter'));
    assert.ok(
      carriedOut >= counted && carriedOut <= counted + unknown,
      `${counted} told, ${unknown} unknown, ${carriedOut} carried out`,
    );
  });
});
