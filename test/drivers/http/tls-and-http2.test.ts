import assert from 'node:assert/strict';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import {
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
  OTHER_CA,
  SERVER_CERTIFICATE,
  SERVER_KEY,
  TEST_CA,
} from '../../support/certificates';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { freePort } from '../../support/ports';
import { errorOf, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('an https server', () => {
  const teardown = useTeardown();

  it('is trusted by its authority, and its socket is kept', async () => {
    const server = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, tls: { ca: TEST_CA } });
    for (let times = 0; times < 3; times += 1) assert.equal((await node.request()).status, 200);
    assert.equal(server.accepted, 1);
  });

  it('that is not trusted gets no request: the state says why', async () => {
    const server = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    for (const tls of [{}, { ca: OTHER_CA }, { ca: TEST_CA, servername: 'elsewhere.example' }]) {
      const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, tls });
      assert.equal((await node.fails()).code, 'HTTP_TLS');
      assert.equal(errorOf(await reached(node.lease, 'refused')).code, 'HTTP_TLS');
    }
    assert.equal(server.seen.length, 0);
    const careless = new HttpNode(httpPool(teardown), { baseUrl: server.url, tls: { rejectUnauthorized: false } });
    assert.equal((await careless.request()).status, 200);
  });

  it('sees our certificate, but not after a redirect to another', async () => {
    const tls = { requestCert: true, ca: TEST_CA };
    const strict = teardown.stopLater(await startHttpServer(undefined, { tls }));
    const mine = { ca: TEST_CA, cert: CLIENT_CERTIFICATE, key: CLIENT_KEY };
    const node = new HttpNode(httpPool(teardown), { baseUrl: strict.url, tls: mine });
    assert.equal((await node.request()).status, 200);
    const certain = new HttpNode(httpPool(teardown), { baseUrl: strict.url, tls: { ca: TEST_CA } });
    assert.equal((await certain.fails({ retry: false })).code.startsWith('HTTP_'), true);
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => response.writeHead(302, { location: strict.url }).end(), {
        tls: true,
      }),
    );
    const led = new HttpNode(httpPool(teardown), { baseUrl: server.url, tls: mine });
    await led.fails({ retry: false });
    assert.equal(strict.seen.length, 1);
  });

  it('that speaks TLS where http was expected, and the other way round, is an error', async () => {
    const secure = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    const plain = teardown.stopLater(await startHttpServer());
    const one = new HttpNode(httpPool(teardown), { baseUrl: secure.url.replace('https', 'http') });
    assert.match((await one.fails()).code, /HTTP_(CONNECTION_LOST|BAD_RESPONSE)/);
    const other = new HttpNode(httpPool(teardown), { baseUrl: plain.url.replace('http', 'https') });
    assert.match((await other.fails()).code, /HTTP_(TLS|UNREACHABLE)/);
  });
});

describe('HTTP/2', () => {
  const teardown = useTeardown();

  async function start(allowHTTP1: boolean, maxConcurrentStreams = 100) {
    const seen: string[] = [];
    const sessions = new Set<{ destroy(): void }>();
    let accepted = 0;
    const answer = (request: Http2ServerRequest, response: Http2ServerResponse) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push(`HTTP/${request.httpVersion} ${request.method} ${body}`);
        setImmediate(() => response.end(body));
      });
    };
    const server = createSecureServer(
      { cert: SERVER_CERTIFICATE, key: SERVER_KEY, allowHTTP1, settings: { maxConcurrentStreams } },
      answer,
    );
    server.on('secureConnection', () => (accepted += 1));
    server.on('session', (session) => sessions.add(session));
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    teardown.defer(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    return { url: `https://127.0.0.1:${port}`, seen, accepted: () => accepted, sessions };
  }

  it('is spoken when the server offers it: all requests on one socket', async () => {
    const server = await start(true);
    const pool = httpPool(teardown);
    const nodes = Array.from(
      { length: 50 },
      () => new HttpNode(pool, { baseUrl: server.url, http2: 'auto', tls: { ca: TEST_CA } }),
    );
    const answers = await Promise.all(nodes.map((node, index) => node.request({ method: 'POST', body: `${index}` })));
    assert.deepEqual(
      answers.map(({ body }) => body.toString()),
      nodes.map((_, index) => `${index}`),
    );
    assert.ok(server.seen.every((line) => line.startsWith('HTTP/2.0 POST')));
    assert.equal(server.accepted(), 1);
    assert.equal(pool.snapshot().connections[0]?.details['protocol'], 'HTTP/2');
  });

  it('is spoken within the limits of the server', async () => {
    const server = await start(false, 3);
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, http2: 'auto', tls: { ca: TEST_CA } });
    const answers = await Promise.all(
      // The first ones go before the server has told its limit, and are refused beyond it: nothing was done.
      Array.from({ length: 40 }, (_, index) => node.request({ method: index % 2 === 0 ? 'GET' : 'POST' })),
    );
    assert.equal(server.seen.length, 40);
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(server.accepted(), 1);
  });

  it('is not spoken unless asked for', async () => {
    const server = await start(true);
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, tls: { ca: TEST_CA } });
    await node.request();
    assert.match(server.seen[0] ?? '', /^HTTP\/1\.1/);
  });

  it('is done without where it is not offered: more sockets are opened', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => setImmediate(() => response.end('ok')), { tls: true }),
    );
    const pool = httpPool(teardown);
    const profile = { baseUrl: server.url, http2: 'auto' as const, maxSockets: 3, tls: { ca: TEST_CA } };
    const nodes = Array.from({ length: 20 }, () => new HttpNode(pool, profile));
    await Promise.all(nodes.map((node) => node.request()));
    assert.equal(server.mostOpen, 3);
  });

  it('that breaks: what is safe is asked for again, the rest is told', async () => {
    const server = await start(false);
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, http2: 'auto', tls: { ca: TEST_CA } });
    await node.request();
    const gets = Array.from({ length: 10 }, () => node.request());
    const posts = Array.from({ length: 10 }, () => node.request({ method: 'POST', body: 'x' }));
    await new Promise((resolve) => setImmediate(resolve));
    for (const session of server.sessions) session.destroy();
    const [answers, outcomes] = await Promise.all([Promise.all(gets), Promise.allSettled(posts)]);
    assert.ok(answers.every(({ status }) => status === 200));
    const lost = outcomes.filter(({ status }) => status === 'rejected').length;
    assert.ok(outcomes.every((outcome) => outcome.status === 'fulfilled' || outcome.reason.code.startsWith('HTTP_')));
    const done = server.seen.filter((line) => line.includes('POST')).length;
    assert.ok(done <= 10, `${done} of 10 arrived, ${lost} told as lost`);
  });
});
