import assert from 'node:assert/strict';
import type { HttpAuth } from '../../../src/drivers/http/profile';
import { HttpNode, httpPool } from '../../support/http-node';
import { type Answer, startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';

const redirect =
  (status: number, location: string): Answer =>
  (_request, response) => {
    response.writeHead(status, { location, 'set-cookie': 'seen=1' });
    response.end();
  };

describe('a redirect', () => {
  const teardown = useTeardown();

  const credentials: readonly HttpAuth[] = [
    { kind: 'basic', username: 'user', password: 'hush' },
    { kind: 'bearer', token: 'hush' },
    { kind: 'api-key', name: 'x-special', value: 'hush' },
    { kind: 'api-key', name: 'key', place: 'query', value: 'hush' },
  ];
  for (const auth of credentials) {
    it(`to another server takes no credentials along (${auth.kind} ${'place' in auth ? auth.place : ''})`, async () => {
      const other = teardown.stopLater(await startHttpServer());
      const server = teardown.stopLater(await startHttpServer(redirect(307, `${other.url}/there`)));
      const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, auth });
      const response = await node.request({
        method: 'PUT',
        body: 'data',
        headers: {
          cookie: 'hush',
          'x-auth-token': 'hush',
          api_key: 'hush',
          'ocp-apim-subscription-key': 'hush',
          'x-any': 'hush',
          accept: 'text/harmless',
          host: 'named.example',
        },
      });
      const home = JSON.stringify(server.seen[0]);
      assert.ok(home.includes('hush') || home.includes(Buffer.from('user:hush').toString('base64')));
      const away = JSON.stringify(other.seen[0]);
      assert.ok(!away.includes('hush') && other.seen[0]?.headers.authorization === undefined, away);
      assert.equal(other.seen[0]?.headers.accept, 'text/harmless');
      assert.equal(other.seen[0]?.headers.host, new URL(other.url).host);
      assert.equal(other.seen[0]?.body, 'data');
      assert.equal(response.url, `${other.url}/there`);
      assert.ok(!JSON.stringify(response).includes('hush'));
    });
  }

  it('within the server keeps them, and is told', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) =>
        request.url.startsWith('/a') ? redirect(301, '/b?x=1')(request, response) : response.end('b'),
      ),
    );
    const auth = { kind: 'api-key', name: 'key', place: 'query', value: 'k' } as const;
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, auth });
    const response = await node.request({ path: 'a' });
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/a?key=k', '/b?x=1&key=k'],
    );
    assert.equal(response.url, `${server.url}/b?x=1`);
    const [told] = response.redirects;
    assert.deepEqual(
      [told?.status, told?.url, told?.location, told?.headers['set-cookie']],
      [301, `${server.url}/a`, `${server.url}/b?x=1`, ['seen=1']],
    );
  });

  it('that repeats the query leaves the API key in it out', async () => {
    const other = teardown.stopLater(await startHttpServer());
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        if (request.url.startsWith('/a')) return redirect(302, request.url.replace('/a', '/b'))(request, response);
        redirect(302, `${other.url}${request.url}`)(request, response);
      }),
    );
    const auth = { kind: 'api-key', name: 'key', place: 'query', value: 'hush hush' } as const;
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, auth });
    const response = await node.request({ path: '/a?x=1' });
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/a?x=1&key=hush+hush', '/b?x=1&key=hush+hush'],
    );
    assert.equal(other.seen[0]?.url, '/b?x=1');
    assert.equal(response.url, `${other.url}/b?x=1`);
  });

  it('to an address that is not encoded is followed', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        if (request.url !== '/') return void response.end(request.url);
        redirect(302, Buffer.from('/caf\u00e9').toString('latin1'))(request, response);
      }),
    );
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    assert.equal((await node.request()).body.toString(), '/caf%C3%A9');
  });

  it('makes GET of POST where it is usual, and not elsewhere', async () => {
    const seen: Record<number, string> = {};
    for (const status of [301, 302, 303, 307, 308]) {
      const server = teardown.stopLater(
        await startHttpServer((request, response) =>
          request.url === '/a' ? redirect(status, '/b')(request, response) : response.end(),
        ),
      );
      const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
      await node.request({ method: 'POST', path: '/a', body: 'x', headers: { 'content-type': 'text/plain' } });
      const last = server.seen[1];
      seen[status] = `${last?.method} ${last?.body} ${last?.headers['content-type'] ?? ''}`.trim();
    }
    assert.deepEqual(seen, { 301: 'GET', 302: 'GET', 303: 'GET', 307: 'POST x text/plain', 308: 'POST x text/plain' });
  });

  it('without end is an error, and one that is not to be followed an answer', async () => {
    const server = teardown.stopLater(await startHttpServer(redirect(302, '/again')));
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, maxRedirects: 3 });
    assert.equal((await node.fails()).code, 'HTTP_TOO_MANY_REDIRECTS');
    assert.equal(server.seen.length, 4);
    const answer = await node.request({ maxRedirects: 0 });
    assert.equal(answer.status, 302);
    assert.equal(answer.headers['location'], '/again');
  });

  it('to what is no web address is an error', async () => {
    const server = teardown.stopLater(await startHttpServer(redirect(302, 'file:///etc/passwd')));
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    assert.equal((await node.fails()).code, 'HTTP_BAD_RESPONSE');
  });

  it('counts an absolute URL of another server as another server', async () => {
    const other = teardown.stopLater(await startHttpServer());
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, auth: { kind: 'bearer', token: 'hush' } });
    await node.request({ path: `${other.url}/next` });
    await node.request({ path: `${server.url}/next` });
    assert.equal(other.seen[0]?.headers.authorization, undefined);
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer hush');
  });
});
