import assert from 'node:assert/strict';
import type { HttpReceiver, HttpRequest } from '../../../src/drivers/http/session';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('a receiver of an HTTP answer', () => {
  const teardown = useTeardown();
  const told: string[] = [];
  const receiver: HttpReceiver = {
    answered: ({ status, body }) => told.push(`${status} ${body.toString()}`),
    failed: ({ code }) => told.push(code),
  };
  let node: HttpNode;
  const send = (request: HttpRequest): void => node.session.send(request, receiver);

  beforeEach(async () => {
    told.length = 0;
    const server = teardown.stopLater(
      await startHttpServer(({ url }, response) => {
        if (url !== '/never') response.end(url);
      }),
    );
    node = new HttpNode(httpPool(teardown), { baseUrl: server.url, maxSockets: 1 });
  });

  it('is told the answer', async () => {
    send({ path: '/a' });
    send({ path: '/b' });
    assert.deepEqual(told, []);
    await waitFor(() => told.length === 2, 'two answers');
    assert.deepEqual(told, ['200 /a', '200 /b']);
    assert.equal(node.session.pending, 0);
  });

  it('is told at once of what can not be sent, and in order of what is withdrawn', async () => {
    send({ method: 'NO METHOD' });
    assert.deepEqual(told, ['HTTP_INVALID_REQUEST']);
    send({ path: '/never', timeoutMillis: 200 });
    await waitFor(() => node.session.queued === 0, 'the first request to leave');
    send({ path: '/waits' });
    node.session.withdraw();
    assert.deepEqual(told, ['HTTP_INVALID_REQUEST', 'HTTP_WITHDRAWN']);
    await waitFor(() => told.length === 3, 'the time limit');
    assert.deepEqual(told.slice(2), ['HTTP_WITHDRAWN']);
  });
});
