import assert from 'node:assert/strict';
import { CircuitBreaker } from '../../../src/drivers/http/circuit-breaker';
import { RateLimiter } from '../../../src/drivers/http/rate-limit';
import type { CircuitState } from '../../../src/drivers/http/session';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('the limits of an HTTP connection', () => {
  const teardown = useTeardown();

  it('never let more requests under way than the profile says, whoever sends them', async () => {
    const held: (() => void)[] = [];
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        held.push(() => response.end());
        if (held.length === 3) for (const answer of held.splice(0)) answer();
      }),
    );
    const pool = httpPool(teardown);
    const nodes = Array.from({ length: 20 }, () => new HttpNode(pool, { baseUrl: server.url, maxConcurrent: 3 }));
    await Promise.all(nodes.flatMap((node) => [node.request(), node.request(), node.request()]));
    assert.equal(server.seen.length, 60);
    assert.equal(server.mostBusy, 3);
  });

  it('let no more requests go in an interval than the profile says', async () => {
    let now = 0;
    const limiter = new RateLimiter({ requests: 5, perMillis: 1000 });
    const went: number[] = [];
    while (went.length < 23) {
      now += Math.ceil(limiter.delay(now));
      limiter.take(now);
      went.push(now);
    }
    assert.equal(went.filter((at) => at === 0).length, 5);
    for (const at of went) {
      const inInterval = went.filter((other) => other >= at && other < at + 1000).length;
      assert.ok(inInterval <= 5, `${inInterval} in the second from ${at}`);
    }
    assert.equal(now, 4000);
    for (let request = 0; request < 10_000; request += 1) {
      now += 1 + Math.ceil(limiter.delay(now));
      limiter.take(now);
    }
    assert.ok(now > (10_000 / 5) * 1000 && now < (10_000 / 5 + 10) * 1000, `${now}`);
  });

  it('let nodes have their turns: the flood of one does not hold up another', async () => {
    let held: (() => void)[] | undefined = [];
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => {
        if (held) held.push(() => response.end());
        else response.end();
      }),
    );
    const pool = httpPool(teardown);
    const profile = { baseUrl: server.url, maxConcurrent: 1 };
    const [flooding, other] = [new HttpNode(pool, profile), new HttpNode(pool, profile)];
    const flood = Array.from({ length: 50 }, (_, index) => flooding.request({ path: `/flood/${index}` }));
    const others = [0, 1].map((index) => other.request({ path: `/other/${index}` }));
    await waitFor(() => held?.length === 1, 'the first request');
    const [first] = held;
    held = undefined;
    first?.();
    await Promise.all([...flood, ...others]);
    const seen = server.seen.map(({ url }) => url);
    assert.deepEqual(seen.slice(0, 5), ['/flood/0', '/other/0', '/flood/1', '/other/1', '/flood/2']);
    assert.deepEqual(
      seen.filter((url) => url.startsWith('/flood')),
      flood.map((_, index) => `/flood/${index}`),
    );
  });

  it('hold back what is too much, in order', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const pool = httpPool(teardown);
    const profile = { baseUrl: server.url, rateLimit: { requests: 4, perMillis: 3_600_000 } };
    const node = new HttpNode(pool, profile);
    const requests = Array.from({ length: 6 }, (_, index) => node.request({ path: `/${index}` }));
    const outcomes = Promise.allSettled(requests);
    await Promise.all(requests.slice(0, 4));
    assert.equal(pool.snapshot().connections[0]?.details['waiting'], 2);
    assert.deepEqual(server.seen.map(({ url }) => url).sort(), ['/0', '/1', '/2', '/3']);
    await node.lease.release();
    assert.deepEqual(
      (await outcomes).map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'answered')).slice(4),
      ['HTTP_ABORTED', 'HTTP_ABORTED'],
    );
  });
});

describe('the circuit breaker of an HTTP connection', () => {
  const teardown = useTeardown();

  it('opens after failures in a row, lets one request through after a while, and closes with its success', () => {
    let now = 0;
    const told: CircuitState['kind'][] = [];
    const breaker = new CircuitBreaker(
      { failures: 3, openMillis: 1000 },
      'x',
      ({ kind }) => told.push(kind),
      () => now,
    );
    const kind = () => breaker.state.kind;
    const refused = () => {
      try {
        breaker.enter()('unknown');
        return undefined;
      } catch (thrown) {
        return (thrown as { code: string }).code;
      }
    };
    breaker.enter()('failure');
    breaker.enter()('failure');
    breaker.enter()('success');
    breaker.enter()('failure');
    breaker.enter()('unknown');
    breaker.enter()('failure');
    assert.equal(kind(), 'closed');
    const late = breaker.enter();
    breaker.enter()('failure');
    assert.equal(refused(), 'HTTP_CIRCUIT_OPEN');
    late('success');
    assert.equal(kind(), 'open');
    now = 1000;
    const trial = breaker.enter();
    assert.equal(refused(), 'HTTP_CIRCUIT_OPEN');
    trial('failure');
    now = 1999;
    assert.equal(refused(), 'HTTP_CIRCUIT_OPEN');
    now = 2000;
    breaker.enter()('unknown');
    breaker.enter()('success');
    assert.equal(kind(), 'closed');
    assert.deepEqual(told, ['open', 'half-open', 'open', 'half-open', 'closed']);
  });

  it('refuses what waits when it opens, and gives the reason that opened it to the one that would be tried again', async () => {
    const server = teardown.stopLater(
      await startHttpServer((_request, response) => response.writeHead(503).end('why')),
    );
    const pool = httpPool(teardown);
    const profile = { baseUrl: server.url, maxSockets: 1, circuitBreaker: { failures: 3, openMillis: 600_000 } };
    const [node, other] = [new HttpNode(pool, profile), new HttpNode(pool, profile)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? node : other).request({ method: 'POST' })),
    );
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.status] : []));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    assert.equal(server.seen.length, 3);
    assert.deepEqual([...new Set(answers)], [503]);
    assert.deepEqual(
      refusals,
      Array.from({ length: 20 - answers.length }, () => 'HTTP_CIRCUIT_OPEN'),
    );
    assert.equal(pool.snapshot().connections[0]?.details['waiting'], 0);
  });

  it('spares a server that fails, for all nodes at once, and says so', async () => {
    let status = 500;
    const server = teardown.stopLater(await startHttpServer((_request, response) => response.writeHead(status).end()));
    const pool = httpPool(teardown);
    const profile = { baseUrl: server.url, circuitBreaker: { failures: 3, openMillis: 1500 } };
    const node = new HttpNode(pool, profile);
    const other = new HttpNode(pool, profile);
    const told: CircuitState['kind'][] = [];
    other.session.onCircuit(({ kind }) => told.push(kind));
    for (let times = 0; times < 3; times += 1) assert.equal((await node.request({ retry: false })).status, 500);
    const error = await other.fails({ retry: false });
    assert.equal(error.code, 'HTTP_CIRCUIT_OPEN');
    assert.equal(other.session.circuit?.kind, 'open');
    assert.equal(server.seen.length, 3);
    status = 200;
    await waitFor(() => {
      const { circuit } = other.session;
      return circuit?.kind === 'open' && Date.now() >= circuit.until;
    }, 'the end of the pause');
    assert.equal((await other.request({ retry: false })).status, 200);
    assert.deepEqual(told, ['open', 'half-open', 'closed']);
    assert.equal(pool.snapshot().connections[0]?.details['circuit'], 'closed');
  });
});
