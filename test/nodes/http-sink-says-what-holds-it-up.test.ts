import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { caughtCode, catcher, recorder, startFlow, TAB } from './node-red';

const CONNECTED = 'node-red:common.status.connected';

describe('the status of an http sink', () => {
  const teardown = useTeardown();

  it('counts requests under way and waiting', async () => {
    const waiting: ServerResponse[] = [];
    const server = teardown.stopLater(await startHttpServer((_request, response) => void waiting.push(response)));
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url, { maxSockets: '1' }), httpSink(), recorder()]);
    const got = flow.received('got');
    for (let index = 0; index < 3; index += 1) flow.send('sink', {});
    await flow.shows('sink', 'requesting (1, 2 waiting)');
    server.answer = (_request, response) => response.end();
    for (const response of waiting) response.end();
    await waitFor(() => got.length === 3, 'the answers');
    await flow.shows('sink', CONNECTED);
  });

  it('says when and why it tries again', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => response.writeHead(503, { 'retry-after': '30' }).end()),
    );
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), httpSink(), recorder()]);
    flow.send('sink', {});
    await flow.shows('sink', /^answer 503, attempt 2 at \d\d:\d\d:\d\d$/);
  });

  it('says that the rate limit holds requests back', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const profile = httpProfile(server.url, { rateRequests: '1', rateSeconds: '60' });
    const flow = await startFlow(teardown, [TAB, profile, httpSink(), recorder()]);
    const got = flow.received('got');
    for (let index = 0; index < 3; index += 1) flow.send('sink', {});
    await flow.shows('sink', 'rate limit: 2 waiting');
    await waitFor(() => got.length === 1, 'the one that may go');
    assert.equal(server.seen.length, 1);
  });

  it('says that the circuit is open, for all nodes of the profile, and when it is closed again', async () => {
    let status = 500;
    const server = teardown.stopLater(await startHttpServer((_request, response) => response.writeHead(status).end()));
    const profile = httpProfile(server.url, { circuitFailures: '2', circuitOpenSeconds: '0.2', retryAttempts: '1' });
    const other = httpSink({ id: 'other' });
    const flow = await startFlow(teardown, [
      TAB,
      profile,
      httpSink(),
      other,
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    for (let index = 0; index < 2; index += 1) {
      flow.send('sink', {});
      await waitFor(() => got.length === index + 1, 'an answer');
    }
    await flow.shows('sink', /^circuit open after 2 failures, next try \d\d:\d\d:\d\d$/);
    await flow.shows('other', /^circuit open after 2 failures/);
    status = 200;
    // Until the circuit lets one through.
    await waitFor(() => {
      if (got.length > 2) return true;
      flow.send('other', {});
      return undefined;
    }, 'an answer');
    await flow.shows('sink', CONNECTED);
    assert.ok(caught.every((message) => caughtCode(message) === 'HTTP_CIRCUIT_OPEN'));
  });
});
