import assert from 'node:assert/strict';
import type { OAuth2 } from '../../../src/drivers/http/profile';
import { AccessTokens } from '../../../src/drivers/http/access-token';
import { HttpNode, httpPool } from '../../support/http-node';
import { type HttpServer, json, startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('an OAuth 2 token', () => {
  const teardown = useTeardown();
  let tokens: HttpServer;
  let api: HttpServer;
  let good = '';

  beforeEach(async () => {
    let count = 0;
    tokens = await startHttpServer((_request, response) => {
      count += 1;
      good = `token-${count}`;
      json(response, 200, { access_token: good, expires_in: 3600 });
    });
    api = await startHttpServer((request, response) => {
      response.writeHead(request.headers.authorization === `Bearer ${good}` ? 200 : 401);
      response.end();
    });
    teardown.stopLater(tokens);
    teardown.stopLater(api);
  });

  const auth = (more: Partial<OAuth2> = {}): OAuth2 => ({
    kind: 'oauth2',
    tokenUrl: `${tokens.url}/token`,
    clientId: 'my client',
    clientSecret: 'se:cret+',
    ...more,
  });

  it('is asked for once by 100 requests that have none', async () => {
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 100 }, () => new HttpNode(pool, { baseUrl: api.url, auth: auth() }));
    const answers = await Promise.all(nodes.map((node) => node.request()));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(tokens.seen.length, 1);
    assert.equal(api.seen.length, 100);
  });

  it('is renewed once when 100 requests meet one that the server takes no more', async () => {
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 100 }, () => new HttpNode(pool, { baseUrl: api.url, auth: auth() }));
    await nodes[0]?.request();
    good = 'another';
    const answers = await Promise.all(nodes.map((node) => node.request({ method: 'POST', body: 'x' })));
    assert.ok(answers.every(({ status, attempts }) => status === 200 && attempts === 1));
    assert.equal(tokens.seen.length, 2);
  });

  it('is not renewed again and again: a second 401 is the answer', async () => {
    api.answer = (_request, response) => response.writeHead(401).end();
    const node = new HttpNode(httpPool(teardown), { baseUrl: api.url, auth: auth() });
    assert.equal((await node.request()).status, 401);
    assert.equal(api.seen.length, 2);
    assert.equal(tokens.seen.length, 2);
  });

  it('is not asked for again with each request to a server that takes none', async () => {
    const { answer } = api;
    api.answer = (_request, response) => response.writeHead(401).end();
    const node = new HttpNode(httpPool(teardown), { baseUrl: api.url, auth: auth() });
    for (let times = 0; times < 10; times += 1) assert.equal((await node.request()).status, 401);
    // One second lies between the first two and the third.
    assert.ok(tokens.seen.length <= 4, `${tokens.seen.length}`);
    api.answer = answer;
    assert.equal((await node.request()).status, 200);
    good = 'another';
    assert.equal((await node.request()).status, 200);
  });

  it('that is answered without end is given up with the time of a request', async () => {
    tokens.answer = (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    const profile = { baseUrl: api.url, auth: auth(), requestTimeoutMillis: 300, retry: { attempts: 1 } };
    const node = new HttpNode(httpPool(teardown), profile);
    const error = await node.fails({ timeoutMillis: 0 });
    assert.equal(error.code, 'HTTP_TOKEN_UNAVAILABLE', error.message);
    assert.match(error.message, /0\.3 s/);
  });

  it('that can not be had is an error of all who wait, and nobody hurries to ask again', async () => {
    tokens.answer = (_request, response) =>
      json(response, 400, { error: 'invalid_client', error_description: 'se:cret+ is wrong' });
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 50 }, () => new HttpNode(pool, { baseUrl: api.url, auth: auth() }));
    const errors = await Promise.all(nodes.map((node) => node.fails()));
    assert.ok(errors.every(({ code }) => code === 'HTTP_TOKEN_REFUSED'));
    assert.match(errors[0]?.message ?? '', /invalid_client/);
    assert.ok(errors.every(({ message }) => !message.includes('se:cret')));
    assert.equal(tokens.seen.length, 1);
    assert.equal(api.seen.length, 0);
  });

  it('that can not be had at the moment is waited for as the retry rules say', async () => {
    tokens.answer = (_request, response) => response.writeHead(503).end();
    const node = new HttpNode(httpPool(teardown), { baseUrl: api.url, auth: auth() });
    assert.equal((await node.fails()).code, 'HTTP_TOKEN_UNAVAILABLE');
    tokens.answer = (_request, response) => json(response, 200, { access_token: (good = 'late') });
    const response = await node.request({ retry: { attempts: 100, initialMillis: 200, maximumMillis: 200 } });
    assert.equal(response.status, 200);
    assert.equal(tokens.seen.length, 2);
  });

  it('is asked for as the server wants it', async () => {
    const node = new HttpNode(httpPool(teardown), {
      baseUrl: api.url,
      auth: auth({ scope: 'a b', audience: 'me', params: { resource: 'x' } }),
    });
    await node.request();
    const form = new URLSearchParams(tokens.seen[0]?.body);
    assert.deepEqual(Object.fromEntries(form), {
      grant_type: 'client_credentials',
      scope: 'a b',
      audience: 'me',
      resource: 'x',
    });
    const login = Buffer.from(tokens.seen[0]?.headers.authorization?.slice(6) ?? '', 'base64').toString();
    assert.equal(login, 'my+client:se%3Acret%2B');
    await new HttpNode(httpPool(teardown), { baseUrl: api.url, auth: auth({ authStyle: 'body' }) }).request();
    const other = new URLSearchParams(tokens.seen[1]?.body);
    assert.equal(other.get('client_secret'), 'se:cret+');
    assert.equal(tokens.seen[1]?.headers.authorization, undefined);
  });

  it('by refresh token: the newest refresh token is used', async () => {
    const asked: (string | null)[] = [];
    tokens.answer = (request, response) => {
      asked.push(new URLSearchParams(request.body).get('refresh_token'));
      good = `token-${asked.length}`;
      json(response, 200, { access_token: good, refresh_token: `refresh-${asked.length}` });
    };
    const node = new HttpNode(httpPool(teardown), {
      baseUrl: api.url,
      auth: auth({ grant: 'refresh_token', refreshToken: 'refresh-0' }),
    });
    await node.request();
    good = 'gone';
    await node.request();
    assert.deepEqual(asked, ['refresh-0', 'refresh-1']);
  });

  it('is renewed a while before its end', async () => {
    let now = 0;
    let count = 0;
    const store = new AccessTokens(
      auth(),
      async () => {
        count += 1;
        const body = Buffer.from(JSON.stringify({ access_token: `t${count}`, expires_in: 100 }));
        return { status: 200, headers: {}, body };
      },
      () => now,
    );
    assert.equal(await store.get(), 't1');
    now = 89_999;
    assert.equal(await store.get(), 't1');
    now = 90_000;
    assert.deepEqual(await Promise.all([store.get(), store.get()]), ['t2', 't2']);
    store.refused('t1');
    assert.equal(await store.get(), 't2');
    store.refused('t2');
    assert.equal(await store.get(), 't3');
  });

  it('that can not be had harms nobody when the request was given up before', async () => {
    tokens.answer = (_request, response) => response.writeHead(400).end();
    const node = new HttpNode(httpPool(teardown), { baseUrl: api.url, auth: auth() });
    assert.equal((await node.fails({ signal: AbortSignal.abort() })).code, 'HTTP_ABORTED');
    assert.equal((await node.fails()).code, 'HTTP_TOKEN_REFUSED');
  });

  it('is waited for by each request no longer than it wants', async () => {
    tokens.answer = () => undefined;
    const node = new HttpNode(httpPool(teardown), { baseUrl: api.url, auth: auth() });
    const abort = new AbortController();
    const failed = node.fails({ signal: abort.signal });
    await waitFor(() => tokens.seen.length === 1, 'the token request');
    abort.abort();
    assert.equal((await failed).code, 'HTTP_ABORTED');
  });
});
