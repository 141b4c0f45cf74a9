import assert from 'node:assert/strict';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('the queue of an HTTP connection', () => {
  const teardown = useTeardown();

  it('says how many requests wait for which server, how big they are, and since when', async () => {
    const held: (() => void)[] = [];
    const start = async () => teardown.stopLater(await startHttpServer((_request, res) => held.push(() => res.end())));
    const [base, other] = [await start(), await start()];
    const pool = httpPool(teardown);
    const profile = { baseUrl: base.url, maxConcurrent: 1 };
    const [one, two] = [new HttpNode(pool, profile), new HttpNode(pool, profile)];
    const began = Date.now();
    const requests = [one.request()];
    await waitFor(() => held.length === 1, 'the first request to be held');
    requests.push(one.request({ path: '/a' }), two.request({ path: '/b' }), two.request({ path: `${other.url}/c` }));
    const queues = () => pool.glance(one.lease.key)?.queues ?? [];
    await waitFor(() => queues().length === 2, 'two queues');
    const host = ({ url }: { readonly url: string }) => new URL(url).host;
    const waiting = new Map(queues().map(({ name, waiting: count }) => [name, count]));
    assert.deepEqual([waiting.get(host(base)), waiting.get(host(other))], [2, 1]);
    for (const { oldestAt = 0, bytes } of queues()) {
      assert.ok(oldestAt >= began && oldestAt <= Date.now());
      assert.ok(bytes !== undefined && bytes >= 0);
    }
    await waitFor(() => {
      for (const answer of held.splice(0)) answer();
      return queues().length === 0;
    }, 'all to be sent');
    const drain = setInterval(() => held.splice(0).forEach((answer) => answer()), 5);
    teardown.defer(() => clearInterval(drain));
    await Promise.all(requests);
  });
});
