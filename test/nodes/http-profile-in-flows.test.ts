import assert from 'node:assert/strict';
import { TEST_CA } from '../support/certificates';
import { startForwardProxy } from '../support/forward-proxy';
import { json, startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { caughtCode, catcher, recorder, startFlow, TAB } from './node-red';

describe('an http profile in a flow', () => {
  const teardown = useTeardown();

  it('goes through the proxy of its proxy node, with the password of that', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const proxy = teardown.stopLater(await startForwardProxy('joe:word'));
    const flow = await startFlow(
      teardown,
      [
        TAB,
        { id: 'proxy', type: 'http proxy', name: '', url: proxy.url, noproxy: [] },
        httpProfile(server.url, { proxyFrom: 'node', proxy: 'proxy' }),
        httpSink({ path: '/by-proxy' }),
        recorder(),
      ],
      { proxy: { username: 'joe', password: 'word' } },
      ['network/06-httpproxy.js'],
    );
    const got = flow.received('got');
    flow.send('sink', {});
    await waitFor(() => got.length === 1, 'the answer');
    assert.deepEqual([got[0]?.['statusCode'], got[0]?.payload], [200, 'ok']);
    assert.ok(
      proxy.asked.some((line) => line.includes('/by-proxy')),
      proxy.asked.join(),
    );
  });

  it('trusts the authorities of its TLS node, and no others without one', async () => {
    const server = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    const flow = await startFlow(
      teardown,
      [
        TAB,
        { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true },
        httpProfile(server.url, { tls: 'tls' }),
        { ...httpProfile(server.url), id: 'plain' },
        httpSink(),
        httpSink({ id: 'strict', profile: 'plain' }),
        recorder(),
        recorder('caught'),
        catcher(),
      ],
      { tls: { cadata: TEST_CA } },
    );
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    flow.send('sink', {});
    flow.send('strict', {});
    await waitFor(() => got.length === 1 && caught.length === 1, 'an answer and an error');
    assert.equal(got[0]?.payload, 'ok');
    assert.equal(caughtCode(caught[0]), 'HTTP_TLS');
  });

  it('fetches one OAuth 2 token for all its nodes', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        if (request.url === '/token') json(response, 200, { access_token: 't1', expires_in: 3600 });
        else response.writeHead(request.headers.authorization === 'Bearer t1' ? 200 : 401).end();
      }),
    );
    const ids = Array.from({ length: 20 }, (_, index) => `sink-${index}`);
    const flow = await startFlow(
      teardown,
      [
        TAB,
        httpProfile(server.url, { auth: 'oauth2', tokenUrl: `${server.url}/token` }),
        ...ids.map((id) => httpSink({ id, path: '/data' })),
        recorder(),
      ],
      { profile: { clientId: 'me', clientSecret: 'word' } },
    );
    const got = flow.received('got');
    for (const id of ids) flow.send(id, {});
    await waitFor(() => got.length === ids.length, 'all answers');
    assert.ok(got.every((message) => message['statusCode'] === 200));
    assert.equal(server.seen.filter(({ url }) => url === '/token').length, 1);
  });

  it('connects with other settings, and disconnects, when a message says so', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => response.end(request.headers.authorization ?? 'nobody')),
    );
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile('http://127.0.0.1:1', { autoConnect: false }),
      httpSink(),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await flow.shows('sink', 'node-red:common.status.disconnected');
    flow.send('sink', { payload: 'waits' });
    flow.send('sink', { action: 'connect', server: { url: server.url, token: 'abc' } });
    await waitFor(() => got.length === 1, 'the answer to what waited');
    assert.equal(got[0]?.payload, 'Bearer abc');
    flow.send('sink', { action: 'disconnect' });
    await flow.shows('sink', 'node-red:common.status.disconnected');
    flow.send('sink', { action: 'nonsense' });
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'INVALID_ACTION');
  });

  it('that can not work says so on its nodes, and to each message', async () => {
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile('ftp://127.0.0.1'),
      httpSink(),
      recorder('caught'),
      catcher(),
    ]);
    const caught = flow.received('caught');
    await flow.shows('sink', 'profile has invalid settings');
    flow.send('sink', {});
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'HTTP_INVALID_PROFILE');
  });
});
