import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { HttpProfile } from '../../../src/drivers/http/profile';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { type Random, seeds, withSeed } from '../../support/random';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('whatever servers, nodes and operators do', () => {
  const teardown = useTeardown();

  const kinds: readonly (readonly [string, Partial<HttpProfile>])[] = [
    ['one request per socket', {}],
    ['pipelining', { pipelining: 4 }],
    ['limits', { maxConcurrent: 2, rateLimit: { requests: 50, perMillis: 10 } }],
    ['a circuit breaker', { circuitBreaker: { failures: 3, openMillis: 5 } }],
  ];
  for (const [what, settings] of kinds) {
    for (const seed of seeds(2)) {
      it(`every HTTP request has one outcome, within the limit of sockets (${what}, seed ${seed})`, () =>
        withSeed(seed, (random) => scenario(random, settings)));
    }
  }

  async function scenario(random: Random, settings: Partial<HttpProfile>): Promise<void> {
    const pool = httpPool(teardown);
    const sockets: number[] = [];
    const other = teardown.stopLater(await startHttpServer());
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        sockets.push(Number(pool.snapshot().connections[0]?.details['sockets'] ?? 0));
        const acts: readonly (() => void)[] = [
          () => response.end('ok'),
          () => response.end('ok'),
          () => response.socket?.destroy(),
          () => response.writeHead(503).end(),
          () => response.writeHead(200, { 'content-length': '10' }).end('x'),
          () => response.writeHead(200, { connection: 'close' }).end('bye'),
          () => response.writeHead(307, { location: other.url }).end(),
          () => setTimeout(() => response.end('late'), random.int(0, 19)),
          () => response.socket?.end('nonsense\r\n\r\n'),
        ];
        random.pick(acts)();
      }),
    );
    const profile = {
      baseUrl: server.url,
      maxSockets: 3,
      bodyTimeoutMillis: 100,
      headersTimeoutMillis: 200,
      ...settings,
    };
    const keeper = new HttpNode(pool, profile);
    const outcomes: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round += 1) {
      const node = new HttpNode(pool, profile);
      for (let times = random.int(0, 11); times > 0; times -= 1) {
        const abort = new AbortController();
        const method = random.pick(['GET', 'POST', 'PUT']);
        const timeoutMillis = random.pick([0, 0, 10, 500]);
        const request = { method, body: 'x', signal: abort.signal, ...(timeoutMillis ? { timeoutMillis } : {}) };
        outcomes.push(
          node.request(request).then(
            () => 'answered',
            ({ code }: { code: string }) => code,
          ),
        );
        if (random.int(0, 4) === 0) setTimeout(() => abort.abort(), random.int(0, 9));
      }
      await new Promise((resolve) => setTimeout(resolve, random.int(0, 4)));
      if (random.int(0, 3) === 0) server.cut();
      if (random.int(0, 7) === 0) await keeper.lease.disconnect();
      if (random.int(0, 1) === 0) await keeper.lease.connect().catch(() => undefined);
      if (random.int(0, 1) === 0) await node.lease.release();
    }
    await keeper.lease.connect().catch(() => undefined);
    const details = () => pool.snapshot().connections[0]?.details;
    const inTime = () => `every outcome: ${JSON.stringify(details())}`;
    let open = outcomes.length;
    for (const outcome of outcomes) void outcome.then(() => (open -= 1));
    await waitFor(() => open === 0, inTime, 12_000);
    const codes = await Promise.all(outcomes);
    assert.ok(codes.includes('answered'));
    const known =
      /^(answered|HTTP_(CONNECTION_LOST|BAD_RESPONSE|ABORTED|TIMEOUT|CIRCUIT_OPEN|UNREACHABLE)|CONNECTION_CLOSED)$/;
    const unknown = codes.filter((code) => !known.test(String(code)));
    assert.deepEqual(unknown, []);
    assert.ok(Math.max(...sockets) <= 3, `${Math.max(...sockets)} sockets`);
    await waitFor(
      () => details()?.['inFlight'] === 0 && details()?.['waiting'] === 0,
      () => `nothing under way: ${JSON.stringify(details())}`,
    );
    await pool.close();
    await waitFor(() => server.open === 0 && other.open === 0, 'every socket to be closed');
  }

  it('that was redirected is not given to another session when its own is left: it may have been done', async () => {
    const held: ServerResponse[] = [];
    const server = teardown.stopLater(await startHttpServer((_request, response) => void held.push(response)));
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    const outcomes = Promise.all([
      node.fails({ method: 'POST', path: '/a' }),
      node.fails({ path: '/b' }),
      node.fails({ method: 'POST', path: '/c' }),
    ]);
    await waitFor(() => held.length === 3, 'the requests');
    node.session.withdraw();
    for (const response of held) {
      const busy = response.req.url === '/c';
      response.writeHead(busy ? 503 : 303, busy ? {} : { location: '/d' }).end();
    }
    const codes = (await outcomes).map(({ code }) => code);
    assert.deepEqual(codes, ['HTTP_ABORTED', 'HTTP_WITHDRAWN', 'HTTP_WITHDRAWN']);
    assert.equal(server.seen.length, 3);
  });
});
