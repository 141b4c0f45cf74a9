import assert from 'node:assert/strict';
import { type Answer, startHttpServer } from '../support/http-server';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { catcher, caughtCode, completer, recorder, startFlow, TAB } from './node-red';
import { emptied, useUserDirectory } from './user-directory';

describe('the outbox of HTTP sinks', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  async function start(port: number, sinkProperties = {}, profileProperties = {}) {
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(`http://127.0.0.1:${port}`, { outbox: 'disk', ...profileProperties }),
      httpSink({ method: 'POST', path: '/{{topic}}', ...sinkProperties }),
      ...['got', 'completed', 'caught'].map((id) => recorder(id)),
      completer(['sink']),
      catcher(),
    ]);
    const [got = [], completed = [], caught = []] = ['got', 'completed', 'caught'].map((id) => flow.received(id));
    return { flow, got, completed, caught };
  }

  const serve = async (answer?: Answer, port?: number) =>
    teardown.stopLater(await startHttpServer(answer, port === undefined ? {} : { port }));

  it('sends all of an outage, in order for each resource, each done when it is safe', async () => {
    const directory = useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed, caught } = await start(port);
    const sent: Record<string, string[]> = { a: [], b: [], c: [] };
    for (let number = 0; number < 300; number += 1) {
      const topic = 'abc'.charAt(number % 3);
      sent[topic]?.push(String(number));
      flow.send('sink', { topic, payload: String(number) });
    }
    await waitFor(
      () => completed.length === 300,
      () => `all to be safe; ${completed.length} are, ${caught.length} failed`,
    );
    const server = await serve(undefined, port);
    await waitFor(
      () => server.seen.length === 300,
      () => `all to arrive; ${server.seen.length} have`,
    );
    for (const topic of ['a', 'b', 'c']) {
      assert.deepEqual(
        server.seen.filter(({ url }) => url === `/${topic}`).map(({ body }) => body),
        sent[topic],
      );
    }
    await emptied(flow);
    await flow.stop();
    assert.deepEqual(directory.outboxes, []);
  });

  it('sends again what the server does not take for now, and holds up no other resource', async () => {
    useUserDirectory(teardown);
    let busy = true;
    const server = await serve(({ url }, response) => {
      response.statusCode = busy && url === '/a' ? 503 : 200;
      response.end();
    });
    const { flow, completed, caught } = await start(server.port, {}, { retryAttempts: '1' });
    await flow.connected('sink');
    flow.send('sink', { topic: 'a', payload: 'first' });
    flow.send('sink', { topic: 'a', payload: 'second' });
    await waitFor(() => server.seen.filter(({ url }) => url === '/a').length >= 2, 'a second try');
    for (let number = 0; number < 20; number += 1) flow.send('sink', { topic: 'b', payload: String(number) });
    await waitFor(() => server.seen.filter(({ url }) => url === '/b').length === 20, 'the other resource');
    busy = false;
    await waitFor(() => server.seen.at(-1)?.body === 'second', 'the second one');
    const bodies = server.seen.filter(({ url }) => url === '/a').map(({ body }) => body);
    assert.deepEqual(bodies, [...bodies.slice(0, -1).map(() => 'first'), 'second']);
    assert.equal(completed.length, 22);
    assert.equal(caught.length, 0);
  });

  it('gives the answer on when it is done with the delivery', async () => {
    useUserDirectory(teardown);
    const server = await serve((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"a":1}');
    });
    const { flow, got, completed } = await start(server.port, { doneWhen: 'delivered' });
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => got.length === 1 && completed.length === 1, 'the answer');
    assert.deepEqual(got[0]?.payload, { a: 1 });
  });

  it('gives up what the server refuses for good, and tells of it', async () => {
    useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed, caught } = await start(port, { outputs: 0, wires: [] });
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => completed.length === 1, 'it to be safe');
    const server = await serve((_request, response) => {
      response.statusCode = 404;
      response.end();
    }, port);
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'HTTP_STATUS');
    assert.equal(caught[0]?.payload, 'x');
    assert.equal(server.seen.length, 1);
  });

  it('marks what is sent late with a header, and keeps its idempotency key', async () => {
    useUserDirectory(teardown);
    const port = await freePort();
    const { flow, completed } = await start(port, { idempotency: 'generated' }, { resendMark: 'X-Late' });
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => completed.length === 1, 'it to be safe');
    let status = 503;
    const server = await serve((_request, response) => {
      response.statusCode = status;
      status = 200;
      response.end();
    }, port);
    await waitFor(() => server.seen.length === 2, 'both tries');
    assert.deepEqual(
      server.seen.map(({ headers }) => headers['x-late']),
      ['true', 'true'],
    );
    const [first, second] = server.seen.map(({ headers }) => headers['idempotency-key']);
    assert.ok(first);
    assert.equal(second, first);
  });
});
