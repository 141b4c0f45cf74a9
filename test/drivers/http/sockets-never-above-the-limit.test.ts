import assert from 'node:assert/strict';
import { HttpNode, httpPool } from '../../support/http-node';
import { type HttpServer, startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';

describe('the sockets of an HTTP connection', () => {
  const teardown = useTeardown();

  it('are as many as the profile allows for 200 nodes with 10 requests each, and kept between requests', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => setImmediate(() => response.end('ok'))),
    );
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 200 }, () => new HttpNode(pool, { baseUrl: server.url, maxSockets: 8 }));
    const requests = nodes.flatMap((node, index) =>
      Array.from({ length: 10 }, (_, times) => node.request({ path: `/${index}/${times}` })),
    );
    const answers = await Promise.all(requests);
    assert.equal(answers.filter(({ status }) => status === 200).length, 2000);
    assert.equal(new Set(server.seen.map(({ url }) => url)).size, 2000);
    assert.equal(server.mostOpen, 8);
    assert.equal(server.accepted, 8);
  });

  it('stay within the limit when requests fail and sockets break', async () => {
    let count = 0;
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        count += 1;
        if (count % 3 === 0) response.socket?.destroy();
        else response.end('ok');
      }),
    );
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 20 }, () => new HttpNode(pool, { baseUrl: server.url, maxSockets: 4 }));
    const sockets: unknown[] = [];
    const { answer } = server;
    server.answer = (request, response) => {
      sockets.push(pool.snapshot().connections[0]?.details['sockets']);
      answer(request, response);
    };
    const requests = nodes.flatMap((node) =>
      Array.from({ length: 10 }, () => node.request({ retry: { attempts: 20, initialMillis: 1, maximumMillis: 1 } })),
    );
    await Promise.all(requests);
    assert.ok(Math.max(...sockets.map(Number)) <= 4, `${Math.max(...sockets.map(Number))} sockets`);
  });

  it('include those that redirects need to other servers', async () => {
    const other = teardown.stopLater(await startHttpServer());
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        response.writeHead(302, { location: other.url });
        response.end();
      }),
    );
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 30 }, () => new HttpNode(pool, { baseUrl: server.url, maxSockets: 3 }));
    const sockets: unknown[] = [];
    for (const one of [server, other] as HttpServer[]) {
      const { answer } = one;
      one.answer = (request, response) => {
        sockets.push(pool.snapshot().connections[0]?.details['sockets']);
        answer(request, response);
      };
    }
    const answers = await Promise.all(nodes.map((node) => node.request()));
    assert.ok(answers.every(({ url, status }) => status === 200 && url === `${other.url}/`));
    assert.ok(Math.max(...sockets.map(Number)) <= 3, `${Math.max(...sockets.map(Number))} sockets`);
  });

  it('can carry several requests at once if the profile says so', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, maxSockets: 1, pipelining: 5 });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => node.request({ path: `/${index}` })));
    assert.equal(answers.length, 20);
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      Array.from({ length: 20 }, (_, index) => `/${index}`),
    );
    assert.equal(server.accepted, 1);
  });
});
