import assert from 'node:assert/strict';
import { startRedisCluster } from '../../support/redis-cluster';
import { RedisNode, redisPool } from '../../support/redis-node';
import { useTeardown } from '../../support/teardown';

describe('a cluster that loses a node', () => {
  const teardown = useTeardown();

  it('goes on with the slots of the others, fails those of the lost one in time, and recovers', async function () {
    this.timeout(60_000);
    const cluster = teardown.stopLater(await startRedisCluster({ 'cluster-require-full-coverage': 'no' }));
    const node = new RedisNode(redisPool(teardown), {
      endpoint: { kind: 'cluster', nodes: cluster.nodes },
      commandTimeoutMillis: 2000,
    });
    await node.lease.connect();
    const keys = Array.from({ length: 60 }, (_unused, index) => `key:${index}`);
    await Promise.all(keys.map((key) => node.run('SET', key, 'before')));
    await cluster.masters[1]?.halt('SIGKILL');
    const outcomes = await Promise.all(
      keys.map((key) =>
        node.session.run({ name: 'SET', args: [key, 'during'] }, { timeoutMillis: 1500 }).then(
          () => 'OK',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    assert.ok(outcomes.includes('OK'), outcomes.join());
    assert.ok(
      outcomes.every((outcome) => outcome === 'OK' || /^REDIS_(TIMEOUT|CLUSTERDOWN|OUTCOME_UNKNOWN)$/.test(outcome)),
      outcomes.join(),
    );
    const waiting = keys.map((key) =>
      node.session.run({ name: 'SET', args: [key, 'after'] }).catch((error) => error.code),
    );
    await cluster.masters[1]?.start();
    await cluster.settled();
    await Promise.all(waiting);
    assert.deepEqual(
      await Promise.all(keys.map((key) => node.run('SET', key, 'last'))),
      keys.map(() => 'OK'),
    );
  });
});
