import assert from 'node:assert/strict';
import type { NodeMessageInFlow } from 'node-red';
import type { Answer } from '../support/http-server';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { PLACE, recorder, startFlow, TAB } from './node-red';

const FIELDS = ['payload', 'statusCode', 'headers', 'responseUrl', 'responseCookies', 'redirectList', 'retry'];
const CORE = ['network/21-httprequest.js'];

const answers: Readonly<Record<string, Answer>> = {
  '/text': (_request, response) => response.end('plain'),
  '/json': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"a":[1,null,"x"]}');
  },
  '/not-json': (_request, response) => response.end('{"a":'),
  '/empty': (_request, response) => response.writeHead(204).end(),
  '/bytes': (_request, response) => response.end(Buffer.from([0, 255, 128, 10])),
  '/missing': (_request, response) => response.writeHead(404, { 'x-why': 'gone' }).end('no such thing'),
  '/broken': (_request, response) => response.writeHead(500).end('oops'),
  '/cookies': (_request, response) => {
    response.writeHead(200, {
      'set-cookie': ['a=1; Path=/; HttpOnly', 'b=x%20y; Max-Age=60', 'c="quoted"', 'nothing', '=none'],
    });
    response.end('set');
  },
  '/moved': (_request, response) => response.writeHead(302, { location: '/text' }).end(),
  '/moved-twice': (_request, response) => {
    response.writeHead(301, { location: '/moved', 'set-cookie': 'seen=1' });
    response.end();
  },
  '/lists': (_request, response) => {
    for (const name of ['x-any', 'etag', 'vary', 'last-modified']) response.setHeader(name, ['a', 'b']);
    response.end();
  },
  '/no-redirect': (_request, response) => response.writeHead(304, { etag: '"1"' }).end(),
  '/umlauts': (_request, response) => response.end('Äpfel – 苹果'),
};

/** What is compared: times of the server differ from second to second, and the hash of the headers with them. */
function shown(message: NodeMessageInFlow | undefined): unknown {
  const fields = FIELDS.map((name) => {
    const value = message?.[name];
    if (name !== 'headers') return [name, value];
    const { date, 'x-node-red-request-node': stamp, ...headers } = value as Record<string, unknown>;
    return [name, { ...headers, date: typeof date, stamp: typeof stamp }];
  });
  return Object.fromEntries(fields) as unknown;
}

describe('the answer of an http sink', () => {
  const teardown = useTeardown();

  it('has the same fields as that of the core http request node', async () => {
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        // The time is that of the whole test.
        response.setHeader('date', 'Mon, 02 Mar 2026 10:00:00 GMT');
        (answers[request.url] ?? assert.fail(request.url))(request, response);
      }),
    );
    const kinds = ['txt', 'bin', 'obj'];
    const nodes = kinds.flatMap((ret) => [
      { id: `core-${ret}`, type: 'http request', ...PLACE, method: 'GET', ret, url: '', wires: [[`core-got-${ret}`]] },
      httpSink({
        id: `own-${ret}`,
        path: 'path',
        pathType: 'msg',
        returns: ret,
        attempts: '1',
        wires: [[`own-got-${ret}`]],
      }),
      recorder(`core-got-${ret}`),
      recorder(`own-got-${ret}`),
    ]);
    const flow = await startFlow(teardown, [TAB, httpProfile(server.url), ...nodes], {}, CORE);
    for (const ret of kinds) {
      const [core, own] = [flow.received(`core-got-${ret}`), flow.received(`own-got-${ret}`)];
      for (const [index, path] of Object.keys(answers).entries()) {
        flow.send(`core-${ret}`, { url: `${server.url}${path}` });
        flow.send(`own-${ret}`, { path });
        await waitFor(() => core.length > index && own.length > index, `answers of ${path} as ${ret}`);
        const [expected, actual] = [shown(core[index]), shown(own[index])] as { headers: object }[];
        // What the client says of the socket comes back in these.
        for (const one of [expected, actual]) {
          for (const name of ['connection', 'keep-alive']) Reflect.deleteProperty(one?.headers ?? {}, name);
        }
        assert.deepEqual(actual, expected, `${path} as ${ret}`);
      }
    }
  });

  it('leaves no headers that either node would send with the next request', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const core = { id: 'core', type: 'http request', ...PLACE, method: 'GET', ret: 'txt', url: server.url };
    const flow = await startFlow(
      teardown,
      [
        TAB,
        httpProfile(server.url),
        httpSink({ id: 'first', wires: [['core']] }),
        { ...core, wires: [['last']] },
        httpSink({ id: 'last' }),
        recorder(),
      ],
      {},
      CORE,
    );
    const got = flow.received('got');
    flow.send('first', { headers: { 'x-mine': 'yes' } });
    await waitFor(() => got.length === 1, 'the last answer');
    assert.deepEqual(
      server.seen.map(({ headers }) => [headers['x-mine'], headers['keep-alive'], headers['date']]),
      [
        ['yes', undefined, undefined],
        [undefined, undefined, undefined],
        [undefined, undefined, undefined],
      ],
    );
  });
});
