import assert from 'node:assert/strict';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { caughtCode, catcher, recorder, startFlow, TAB } from './node-red';

describe('an http sink', () => {
  const teardown = useTeardown();

  it('takes method, path, query and headers from typed inputs', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const sink = httpSink({
      method: 'verb',
      methodType: 'msg',
      path: '/devices/{{payload.id}}/state?fixed=1',
      query: [
        { name: 'q', value: 'payload.q', type: 'msg' },
        { name: 'none', value: 'payload.missing', type: 'msg' },
        { name: '', value: '{"a":[1,2],"b":true}', type: 'json' },
      ],
      headers: [
        { name: 'X-One', value: '$string(payload.n + 1)', type: 'jsonata' },
        { name: 'x-two', value: 'is {{payload.n}}', type: 'template' },
      ],
    });
    const flow = await startFlow(teardown, [TAB, httpProfile(`${server.url}/api/`), sink, recorder()]);
    const got = flow.received('got');
    flow.send('sink', {
      verb: 'delete',
      payload: { id: 'a/b ?', q: 'x&y', n: 1 },
      headers: { 'X-Two': 'theirs', 'x-three': '3', host: 'elsewhere' },
      cookies: { c: 'a b', gone: null },
    });
    await waitFor(() => got.length === 1, 'the answer');
    const { method, url, headers } = server.seen[0] ?? assert.fail();
    assert.deepEqual([method, url], ['DELETE', '/api/devices/a%2Fb%20%3F/state?fixed=1&q=x%26y&a=1&a=2&b=true']);
    assert.deepEqual(
      [headers['x-one'], headers['x-two'], headers['x-three'], headers.cookie, headers.host],
      ['2', 'is 1', '3', 'c=a%20b', `127.0.0.1:${server.port}`],
    );
  });

  it('tells what can not be sent, and goes on', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url),
      httpSink({ path: '/x/{{payload.id}}' }),
      httpSink({ id: 'method', method: 'verb', methodType: 'msg' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    flow.send('sink', { payload: {} });
    flow.send('sink', { payload: { id: '..' } });
    flow.send('sink', { payload: { id: 1 }, requestTimeout: 'soon' });
    flow.send('sink', { payload: { id: 1 }, headers: { 'x-a': 'line\nbreak' } });
    flow.send('sink', { payload: { id: 1 }, headers: { 'x-a': {} } });
    flow.send('method', { verb: 'GET / HTTP' });
    flow.send('method', { verb: {} });
    flow.send('sink', { payload: { id: 1 }, cookies: { 'a; admin': 'yes' } });
    await waitFor(() => caught.length === 8, 'eight errors');
    assert.deepEqual(new Set(caught.map(caughtCode)), new Set(['HTTP_INVALID_REQUEST']));
    flow.send('sink', { payload: { id: 1 } });
    await waitFor(() => got.length === 1, 'the good one');
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/x/1'],
    );
  });

  it('gives statuses from 400 as messages, or as errors that Catch nodes get with the answer', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => response.writeHead(404, { 'x-why': 'gone' }).end('no such thing')),
    );
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url),
      httpSink(),
      httpSink({ id: 'strict', failOnStatus: true }),
      httpSink({ id: 'mute', outputs: 0, wires: [] }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    for (const id of ['sink', 'strict', 'mute']) flow.send(id, { topic: id });
    await waitFor(() => got.length === 1 && caught.length === 2, 'a message and two errors');
    assert.deepEqual([got[0]?.topic, got[0]?.['statusCode'], got[0]?.payload], ['sink', 404, 'no such thing']);
    assert.deepEqual(new Set(caught.map(({ topic }) => topic)), new Set(['mute', 'strict']));
    for (const message of caught) {
      assert.deepEqual(
        [caughtCode(message), message['statusCode'], message.payload],
        ['HTTP_STATUS', 404, 'no such thing'],
      );
    }
  });

  it('tells of a server that is not there', async () => {
    const server = await startHttpServer();
    await server.stop();
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), httpSink(), recorder('caught'), catcher()]);
    const caught = flow.received('caught');
    flow.send('sink', {});
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'HTTP_UNREACHABLE');
    await flow.shows('sink', /nothing answers at this address/);
  });

  it('repeats a POST with an idempotency key, the same for all attempts', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => response.writeHead(server.seen.length < 3 ? 502 : 200).end()),
    );
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url),
      httpSink({ method: 'POST', idempotency: 'generated' }),
      httpSink({ id: 'given', method: 'POST', idempotency: 'input', idempotencyKey: 'topic' }),
      recorder(),
    ]);
    const got = flow.received('got');
    flow.send('sink', { payload: 1 });
    await waitFor(() => got.length === 1, 'the answer');
    assert.deepEqual([got[0]?.['statusCode'], got[0]?.['retry']], [200, 2]);
    const keys = server.seen.map(({ headers }) => headers['idempotency-key']);
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    flow.send('given', { payload: 1, topic: 'order-7' });
    await waitFor(() => got.length === 2, 'the answer with a key that was given');
    assert.equal(server.seen.at(-1)?.headers['idempotency-key'], 'order-7');
  });
});
