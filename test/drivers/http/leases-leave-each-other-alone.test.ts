import assert from 'node:assert/strict';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('leases of one HTTP connection', () => {
  const teardown = useTeardown();

  /** A server that answers when it is told to. */
  async function holding() {
    const held: (() => void)[] = [];
    let holds = true;
    const server = teardown.stopLater(
      await startHttpServer((request, response) => {
        if (holds) held.push(() => response.end(request.url));
        else response.end(request.url);
      }),
    );
    const go = () => {
      holds = false;
      for (const answer of held.splice(0)) answer();
    };
    return { server, go };
  }

  it('released: what is under way is finished, what waits is given up, others do not notice', async () => {
    const { server, go } = await holding();
    const pool = httpPool(teardown);
    const one = new HttpNode(pool, { baseUrl: server.url, maxSockets: 1 });
    const other = new HttpNode(pool, { baseUrl: server.url, maxSockets: 1 });
    const underWay = one.request({ path: '/under-way' });
    await waitFor(() => server.busy === 1, 'the first request');
    const waiting = one.fails({ path: '/waiting' });
    const others = other.request({ path: '/other' });
    const { session } = one;
    await one.lease.release();
    assert.equal((await waiting).code, 'HTTP_ABORTED');
    go();
    assert.equal((await underWay).body.toString(), '/under-way');
    assert.equal((await others).body.toString(), '/other');
    assert.deepEqual(
      server.seen.map(({ url }) => url),
      ['/under-way', '/other'],
    );
    await assert.rejects(session.request({}), { code: 'LEASE_RELEASED' });
    assert.equal(other.lease.state.kind, 'connected');
  });

  it('given up by signal: only that request, whether it waits or is under way', async () => {
    const { server, go } = await holding();
    const pool = httpPool(teardown);
    const node = new HttpNode(pool, { baseUrl: server.url, maxSockets: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const underWay = node.fails({ path: '/a', signal: first.signal });
    await waitFor(() => server.busy === 1, 'the first request');
    const waiting = node.fails({ path: '/b', signal: second.signal });
    const kept = node.request({ path: '/c' });
    second.abort();
    assert.equal((await waiting).code, 'HTTP_ABORTED');
    first.abort();
    assert.equal((await underWay).code, 'HTTP_ABORTED');
    await waitFor(() => server.seen.length === 2, 'the next request');
    go();
    assert.equal((await kept).body.toString(), '/c');
    assert.equal((await node.fails({ signal: AbortSignal.abort() })).code, 'HTTP_ABORTED');
  });

  it('have queues of their own', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const pool = httpPool(teardown);
    const limited = (overflow: 'refuse' | 'drop-oldest') =>
      new HttpNode(pool, { baseUrl: server.url }, { autoConnect: false, queue: { maxCount: 2, overflow } });
    const refusing = limited('refuse');
    const dropping = limited('drop-oldest');
    const expiring = new HttpNode(pool, { baseUrl: server.url }, { autoConnect: false, queue: { maxAgeMillis: 30 } });
    const refused = [1, 2, 3].map((index) => refusing.request({ path: `/refusing/${index}` }));
    const dropped = [1, 2, 3].map((index) => dropping.request({ path: `/dropping/${index}` }));
    const outcomes = Promise.allSettled([...refused, ...dropped]);
    assert.equal((await expiring.fails()).code, 'QUEUE_EXPIRED');
    assert.equal(pool.snapshot().connections[0]?.details['waiting'], 4);
    await refusing.lease.connect();
    const codes = (await outcomes).map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'sent'));
    assert.deepEqual(codes, ['sent', 'sent', 'QUEUE_FULL', 'QUEUE_DROPPED', 'sent', 'sent']);
    const expected = ['/dropping/2', '/dropping/3', '/refusing/1', '/refusing/2'];
    assert.deepEqual(server.seen.map(({ url }) => url).sort(), expected);
  });

  it('limit the bytes of bodies that wait, too', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const options = { autoConnect: false, queue: { maxBytes: 10 } };
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url }, options);
    const fits = node.request({ method: 'POST', body: '12345678' });
    assert.equal((await node.fails({ method: 'POST', body: '123' })).code, 'QUEUE_FULL');
    await node.lease.connect();
    assert.equal((await fits).status, 200);
  });

  it('all end when the pool is closed', async () => {
    const { server } = await holding();
    const pool = httpPool(teardown);
    const node = new HttpNode(pool, { baseUrl: server.url, maxSockets: 1 });
    const underWay = node.fails({ retry: false });
    await waitFor(() => server.busy === 1, 'the first request');
    const waiting = node.fails();
    await pool.close();
    assert.equal((await waiting).code, 'CONNECTION_CLOSED');
    assert.equal((await underWay).code, 'CONNECTION_CLOSED');
    await waitFor(() => server.open === 0, 'the sockets to be closed');
  });
});
