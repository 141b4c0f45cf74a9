import assert from 'node:assert/strict';
import type { HttpResponse } from '../../../src/drivers/http/session';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('the time limits of many requests of a node', () => {
  const teardown = useTeardown();

  it('are kept one by one, whatever their order, and harm no request without one', async () => {
    let answer = (): void => undefined;
    const server = teardown.stopLater(
      await startHttpServer(({ url }, response) => {
        if (url === '/late') answer = () => response.end('late');
      }),
    );
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, maxSockets: 4, requestTimeoutMillis: 0 });
    const late = node.request({ path: '/late' });
    await waitFor(() => server.busy === 1, 'the late request to arrive');
    const limits = [200, 60, 140, 20, 100, 180, 40, 160, 80, 120];
    const ends = await Promise.all(
      limits.map(async (timeoutMillis) => {
        const start = performance.now();
        const outcome = await node.request({ path: '/never', timeoutMillis }).catch((error: unknown) => error);
        return { timeoutMillis, code: (outcome as { code?: unknown }).code, took: performance.now() - start };
      }),
    );
    for (const { timeoutMillis, code, took } of ends) {
      assert.equal(code, 'HTTP_TIMEOUT');
      assert.ok(took > timeoutMillis - 3, `${took} ms with a limit of ${timeoutMillis} ms`);
    }
    answer();
    assert.equal(((await late) as HttpResponse).body.toString(), 'late');
  });

  it('are looked at anew when a request with a shorter one comes later', async () => {
    const held: (() => void)[] = [];
    const server = teardown.stopLater(await startHttpServer((_request, response) => held.push(() => response.end())));
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    const long = node.request({ timeoutMillis: 60_000 });
    await assert.rejects(node.request({ timeoutMillis: 30 }), { code: 'HTTP_TIMEOUT' });
    await waitFor(() => held.length > 0, 'the long request to arrive');
    for (const answer of held) answer();
    assert.equal((await long).status, 200);
  });
});
