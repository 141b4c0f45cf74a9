import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { RECEIVE_CHANNEL, SETTLE_CHANNEL } from '../../../src/core/tracing';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('a plain HTTP request', () => {
  const teardown = useTeardown();

  it('leaves the query of the path as it is written when more is added', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    await node.request({ path: '/a?text=a%20b&flag&sig=%7E(', query: { more: 'c d' } });
    await node.request({ path: '/a', query: { more: 'c d' } });
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/a?text=a%20b&flag&sig=%7E(&more=c+d', '/a?more=c+d'],
    );
  });

  it('carries method, path, query, headers and body, and brings back the whole answer', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        response.writeHead(404, { 'x-answer': 'yes', 'set-cookie': 'a=1' });
        response.end(request.body.toUpperCase());
      }),
    );
    const node = new HttpNode(httpPool(teardown), { baseUrl: `${server.url}/base/` });
    const response = await node.request({
      method: 'post',
      path: 'some thing?x=1',
      query: { list: [1, 2], flag: true, none: undefined },
      headers: { 'X-One': 'eins', 'x-two': ['a', 'b'] },
      body: 'hello',
    });
    assert.equal(response.status, 404);
    assert.equal(response.body.toString(), 'HELLO');
    assert.equal(response.headers['x-answer'], 'yes');
    assert.deepEqual(response.headers['set-cookie'], ['a=1']);
    assert.equal(response.url, `${server.url}/base/some%20thing?x=1&list=1&list=2&flag=true`);
    assert.equal(response.attempts, 1);
    const [seen] = server.seen;
    assert.equal(seen?.method, 'POST');
    assert.equal(seen?.url, '/base/some%20thing?x=1&list=1&list=2&flag=true');
    assert.equal(seen?.headers['x-one'], 'eins');
    assert.equal(seen?.headers['x-two'], 'a, b');
    assert.equal(seen?.headers['content-length'], '5');
  });

  it('uses the socket that was opened to connect, and it again', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    await reached(node.lease, 'connected');
    for (let times = 0; times < 5; times += 1) await node.request();
    assert.equal(server.accepted, 1);
    assert.equal(server.seen.length, 5);
  });

  it('leaves no socket behind', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    await node.request();
    await node.lease.release();
    assert.equal(server.accepted, 1);
    const again = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    await again.request();
    assert.equal(server.accepted, 2);
  });

  it('is counted, measured and told to tracing tools', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const pool = httpPool(teardown);
    const node = new HttpNode(pool, {
      baseUrl: server.url,
      maxResponseBytes: 10,
      auth: { kind: 'bearer', token: 'x' },
    });
    const told: unknown[] = [];
    const listen = (event: unknown) => told.push(event);
    for (const name of [SETTLE_CHANNEL, RECEIVE_CHANNEL]) {
      subscribe(name, listen);
      teardown.defer(() => unsubscribe(name, listen));
    }
    await node.request({ method: 'POST', path: '/a?secret=1', body: 'hello' });
    server.answer = (_request, response) => response.end('far too much for this one');
    assert.equal((await node.fails()).code, 'HTTP_BODY_TOO_LARGE');
    const [connection] = pool.snapshot().connections;
    const { messagesIn, messagesOut, bytesIn, bytesOut, refused, connects } = connection?.counters ?? {};
    assert.deepEqual([messagesIn, messagesOut, bytesIn, bytesOut, refused, connects], [1, 2, 2, 5, 1, 1]);
    assert.equal(connection?.latency.count, 1);
    const subjects = (told as { subject: string; error?: { code: string } }[]).map(
      ({ subject, error }) => `${subject} ${error?.code ?? ''}`,
    );
    assert.deepEqual(subjects, ['POST /a ', 'POST /a ', 'GET / HTTP_BODY_TOO_LARGE']);
  });
});
