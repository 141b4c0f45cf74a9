import assert from 'node:assert/strict';
import { delayAfterStatus, retryAfterMillis } from '../../../src/drivers/http/retry-rules';
import { HttpNode, httpPool } from '../../support/http-node';
import { type Answer, startHttpServer } from '../../support/http-server';
import { freePort } from '../../support/ports';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

/** Answers the first requests with these, further ones with 200. */
function first(...answers: readonly Answer[]): Answer {
  let count = 0;
  return (request, response) => {
    const answer = answers[count++];
    if (answer) answer(request, response);
    else response.end('ok');
  };
}

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, headers);
    response.end(`${code}`);
  };
const hangUp: Answer = (_request, response) => response.socket?.destroy();

describe('a request that failed', () => {
  const teardown = useTeardown();

  async function serve(...answers: readonly Answer[]) {
    const server = teardown.stopLater(await startHttpServer(first(...answers)));
    return { server, node: new HttpNode(httpPool(teardown), { baseUrl: server.url }) };
  }

  it('is tried again after 429, 502, 503 and 504', async () => {
    const { node } = await serve(status(429), status(502), status(503), status(504));
    const response = await node.request({ retry: { attempts: 5 } });
    assert.equal(response.status, 200);
    assert.equal(response.attempts, 5);
  });

  it('is not tried more often than allowed: then the last answer is the answer', async () => {
    const { node, server } = await serve(status(503), status(503), status(503), status(503));
    const response = await node.request();
    assert.equal(response.status, 503);
    assert.equal(response.attempts, 3);
    assert.equal(server.seen.length, 3);
    assert.equal((await node.request({ retry: false })).status, 503);
  });

  it('waits as long as Retry-After says, but not beyond a bound: then the answer is given as it is', async () => {
    const { node } = await serve(status(429, { 'retry-after': '0' }), status(503, { 'retry-after': '3600' }));
    const response = await node.request();
    assert.equal(response.status, 503);
    assert.equal(response.attempts, 2);
    assert.equal(retryAfterMillis('2', 0), 2000);
    assert.equal(retryAfterMillis('Thu, 01 Jan 1970 00:00:05 GMT', 2000), 3000);
    assert.equal(retryAfterMillis('Thu, 01 Jan 1970 00:00:05 GMT', 9000), 0);
    for (const odd of ['soon', 'soon 5', '-5', '1.5', '']) assert.equal(retryAfterMillis(odd, 0), undefined, odd);
  });

  it('is tried again after more and more time, when Retry-After says at once or a time that is past', () => {
    const retry = {
      attempts: 99,
      statuses: [503],
      initialMillis: 1000,
      maximumMillis: 1000,
      maxRetryAfterMillis: 60_000,
    };
    for (const past of ['0', 'Wed, 21 Oct 2015 07:28:00 GMT']) {
      const delays = Array.from(
        { length: 50 },
        () => delayAfterStatus(503, { 'retry-after': past }, true, 5, retry) ?? 0,
      );
      assert.ok(Math.max(...delays) > 100, `${past}: ${delays.join(' ')}`);
    }
  });

  it('fails with its own reason when there is no time for another attempt', async () => {
    const node = new HttpNode(httpPool(teardown), { baseUrl: `http://127.0.0.1:${await freePort()}` });
    const retry = { attempts: 50, initialMillis: 1_000_000, maximumMillis: 1_000_000 };
    const errors = await Promise.all(Array.from({ length: 5 }, () => node.fails({ retry, timeoutMillis: 15_000 })));
    assert.deepEqual([...new Set(errors.map(({ code }) => code))], ['HTTP_UNREACHABLE']);
  });

  it('is answered rather than late when there is no time for another attempt', async () => {
    const { node } = await serve(status(503, { 'retry-after': '50' }));
    assert.equal((await node.request({ timeoutMillis: 20_000 })).status, 503);
  });

  it('is tried again when the server hung up, if twice is the same as once', async () => {
    const { node } = await serve(hangUp, hangUp);
    const response = await node.request({ method: 'PUT', body: 'x' });
    assert.equal(response.status, 200);
    assert.equal(response.attempts, 3);
  });

  it('is not sent twice if that could do it twice', async () => {
    const { node, server } = await serve(hangUp, status(502));
    const error = await node.fails({ method: 'POST', body: 'x' });
    assert.equal(error.code, 'HTTP_CONNECTION_LOST');
    assert.equal((await node.request({ method: 'POST', body: 'x' })).status, 502);
    assert.equal(server.seen.length, 2);
  });

  it('is sent twice with an idempotency key, or when the server says that it did nothing', async () => {
    const { node, server } = await serve(hangUp, status(502), status(503));
    const response = await node.request({ method: 'POST', body: 'x', idempotencyKey: 'key-1', retry: { attempts: 9 } });
    assert.equal(response.attempts, 4);
    assert.ok(server.seen.every(({ headers, body }) => headers['idempotency-key'] === 'key-1' && body === 'x'));
    server.answer = first(status(503));
    assert.equal((await node.request({ method: 'POST', body: 'x' })).attempts, 2);
  });

  it('is tried again, whatever it is, as long as the server can not be reached', async () => {
    const port = await freePort();
    const pool = httpPool(teardown);
    const node = new HttpNode(pool, { baseUrl: `http://127.0.0.1:${port}` });
    const refused = await node.fails({ method: 'POST', retry: false });
    assert.equal(refused.code, 'HTTP_UNREACHABLE');
    const patient = node.request({ method: 'POST', body: 'x', retry: { attempts: 10_000 } });
    await waitFor(() => Number(pool.snapshot().connections[0]?.counters.messagesOut) > 3, 'some attempts');
    const server = teardown.stopLater(await startHttpServer(undefined, { port }));
    assert.equal((await patient).status, 200);
    assert.equal(server.seen.length, 1);
  });
});
