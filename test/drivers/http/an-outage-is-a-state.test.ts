import assert from 'node:assert/strict';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { freePort } from '../../support/ports';
import { errorOf, nextLoss, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('an HTTP server that is not there', () => {
  const teardown = useTeardown();

  it('is a state that says why, and over when it is there', async () => {
    const port = await freePort();
    const node = new HttpNode(httpPool(teardown), { baseUrl: `http://127.0.0.1:${port}` });
    const state = await reached(node.lease, 'waiting');
    assert.equal(errorOf(state).code, 'HTTP_UNREACHABLE');
    assert.match(errorOf(state).message, /connection refused/);
    teardown.stopLater(await startHttpServer(undefined, { port }));
    await reached(node.lease, 'connected');
    assert.equal((await node.request()).status, 200);
  });

  it('is noticed when a request finds out', async () => {
    const server = await startHttpServer();
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    await node.request();
    await server.stop();
    const lost = nextLoss(node.lease);
    assert.equal((await node.fails()).code, 'HTTP_UNREACHABLE');
    await lost;
    teardown.stopLater(await startHttpServer(undefined, { port: server.port }));
    await reached(node.lease, 'connected');
    assert.equal((await node.request()).status, 200);
  });

  it('is connected as soon as a request has reached it, however long the pool would wait', async () => {
    const port = await freePort();
    const pool = httpPool(teardown, {
      backoff: { initialMillis: 3_600_000, maximumMillis: 3_600_000 },
      random: () => 0.9,
    });
    const node = new HttpNode(pool, { baseUrl: `http://127.0.0.1:${port}` });
    await reached(node.lease, 'waiting');
    teardown.stopLater(await startHttpServer(undefined, { port }));
    assert.equal((await node.request()).status, 200);
    await reached(node.lease, 'connected');
  });

  it('stays connected when idle sockets are closed', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    for (let times = 0; times < 3; times += 1) {
      await node.request();
      server.cut();
      await waitFor(() => server.open === 0, 'the sockets to be closed');
    }
    assert.equal(node.lease.state.kind, 'connected');
    assert.equal((await node.request()).status, 200);
  });

  it('that was left on purpose keeps requests waiting until it is connected again', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    await node.request();
    await node.lease.disconnect();
    const waiting = node.request({ path: '/later' });
    await waitFor(() => server.open === 0, 'the sockets to be closed');
    assert.equal(node.session.pending, 1);
    await node.lease.connect();
    assert.equal((await waiting).status, 200);
    assert.equal(server.seen.length, 2);
  });

  it('leaves an open connection in peace while a request is under way', async () => {
    let answer: () => void = () => undefined;
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        answer = () => response.end('slow');
      }),
    );
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    const slow = node.request();
    await waitFor(() => server.busy === 1, 'the request');
    const disconnected = node.lease.disconnect();
    answer();
    await disconnected;
    assert.equal((await slow).body.toString(), 'slow');
    await waitFor(() => server.open === 0, 'the sockets to be closed');
  });
});
