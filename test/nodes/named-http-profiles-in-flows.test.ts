import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpSink, httpSource } from './http-flow';
import { catcher, recorder, startFlow, TAB } from './node-red';
import { useProfileFolder } from './profile-folder';

const NAMED = { id: 'profile', type: 'pool-http-profile', named: 'api' };

describe('nodes of a named HTTP profile', () => {
  const teardown = useTeardown();

  it('follow it to another server, with the requests that wait', async () => {
    const pending: (() => void)[] = [];
    const first = teardown.stopLater(
      await startHttpServer((_request, response) => void pending.push(() => response.end('first'))),
    );
    const second = teardown.stopLater(await startHttpServer((_request, response) => response.end('second')));
    const folder = useProfileFolder(teardown);
    const entry = (port: number) =>
      `http: {api: {url: "http://127.0.0.1:${port}/v1", token: word, maxConcurrent: 1, proxyFrom: none}}`;
    folder.write('site.yaml', entry(first.port));
    const nodes = [TAB, NAMED, httpSink({ method: 'POST', path: 'topic', pathType: 'msg' })];
    const flow = await startFlow(teardown, [...nodes, recorder(), recorder('caught'), catcher()]);
    const got = flow.received('got');
    const caught = flow.received('caught');
    await flow.connected('sink');
    for (const topic of ['a', 'b', 'c']) flow.send('sink', { topic: `/${topic}`, payload: topic });
    await waitFor(() => pending.length === 1, 'the first request');
    folder.write('site.yaml', entry(second.port));
    await waitFor(
      () => got.length === 2,
      () => `the requests that waited; ${JSON.stringify(caught)}`,
    );
    pending[0]?.();
    await waitFor(
      () => got.length === 3,
      () => `the first answer; ${JSON.stringify(caught)}`,
    );
    assert.deepEqual(
      got.map(({ payload }) => payload),
      ['second', 'second', 'first'],
    );
    assert.deepEqual(
      [first, second].map(({ seen }) => seen.map(({ url }) => url)),
      [['/v1/a'], ['/v1/b', '/v1/c']],
    );
    assert.equal(second.seen[0]?.headers.authorization, 'Bearer word');
    assert.deepEqual(caught, []);
    await waitFor(() => getPool().snapshot().connections.length === 1, 'the end of the former connection');
  });

  it('ask the other server if they had not asked yet', async () => {
    const busy = teardown.stopLater(await startHttpServer(() => undefined));
    const second = teardown.stopLater(await startHttpServer((_request, response) => response.end('second')));
    const folder = useProfileFolder(teardown);
    const entry = (port: number) => `http: {api: {url: "http://127.0.0.1:${port}", maxConcurrent: 1, proxyFrom: none}}`;
    folder.write('site.yaml', entry(busy.port));
    const source = httpSource({ when: 'message', startNow: false });
    const nodes = [TAB, NAMED, httpSink({ wires: [[]] }), source, recorder(), recorder('caught'), catcher()];
    const flow = await startFlow(teardown, nodes);
    const got = flow.received('got');
    await flow.connected('sink', 'source');
    flow.send('sink', { payload: 'x' });
    await waitFor(() => busy.seen.length === 1, 'the request that takes the only place');
    flow.send('source', { payload: 'go' });
    await waitFor(() => getPool().snapshot().connections[0]?.details['waiting'] === 1, 'the poll to wait');
    folder.write('site.yaml', entry(second.port));
    await waitFor(() => got.length === 1, 'the answer');
    assert.equal(got[0]?.payload, 'second');
  });
});
