import assert from 'node:assert/strict';
import type { ResendPolicy } from '../../../src/drivers/redis/profile';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { nextLoss } from '../../support/states';
import { startProxy } from '../../support/tcp-proxy';
import { useTeardown } from '../../support/teardown';
import { waitForAsync } from '../../support/waiting';

describe('a command that was sent and not answered when the connection broke', () => {
  const teardown = useTeardown();

  /** Sends INCR and SET through a proxy that swallows the answers, and breaks the connection. */
  async function breakUnder(resend?: ResendPolicy) {
    const server = teardown.stopLater(await startRedis());
    const proxy = teardown.stopLater(await startProxy(server.port));
    const node = new RedisNode(redisPool(teardown), redisProfile(proxy.port, resend ? { resend } : {}));
    await node.lease.connect();
    const direct = await server.client();
    proxy.swallowAnswers(true);
    const incr = node.run('INCR', 'counter').catch((error: { code: string }) => error.code);
    const set = node.run('SET', 'key', 'value').catch((error: { code: string }) => error.code);
    await waitForAsync(async () => (await direct.get('key')) === 'value', 'the server to carry both out');
    const lost = nextLoss(node.lease);
    proxy.swallowAnswers(false);
    proxy.cut();
    await lost;
    return { counter: () => direct.get('counter'), incr: await incr, set: await set };
  }

  it('is sent again if twice is the same as once, and fails otherwise', async () => {
    const { counter, incr, set } = await breakUnder();
    assert.equal(incr, 'REDIS_OUTCOME_UNKNOWN');
    assert.equal(set, 'OK');
    assert.equal(await counter(), '1');
  });

  it('is sent again in any case if the profile says so, which may count twice', async () => {
    const { counter, incr, set } = await breakUnder('always');
    assert.equal(incr, 2);
    assert.equal(set, 'OK');
    assert.equal(await counter(), '2');
  });

  it('fails in any case if the profile says so', async () => {
    const { counter, incr, set } = await breakUnder('never');
    assert.equal(incr, 'REDIS_OUTCOME_UNKNOWN');
    assert.equal(set, 'REDIS_OUTCOME_UNKNOWN');
    assert.equal(await counter(), '1');
  });
});
