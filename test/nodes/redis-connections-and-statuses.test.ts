import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { freePort } from '../support/ports';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

describe('the connection of a Redis profile', () => {
  const teardown = useTeardown();

  it('is one for all nodes of equal profiles', async () => {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port, { id: 'p1' }),
      redisProfile(server.port, { id: 'p2', name: 'a copy', mode: 'url', url: server.url }),
      redisNode('source', { id: 's1', profile: 'p1', mode: 'subscribe', key: 'a' }),
      redisNode('source', { id: 's2', profile: 'p2', mode: 'psubscribe', key: 'a*' }),
      redisNode('source', { id: 's3', profile: 'p2', mode: 'stream', key: 's' }),
      recorder(),
    ]);
    await flow.connected('s1', 's2', 's3');
    assert.equal(getPool().snapshot().connections.length, 1);
    await waitFor(() => flow.logged.some((line) => line.startsWith('p1: Connected to Redis: ')), 'the log');
    assert.equal(await server.sockets(), 2);
  });

  it('is told as it is when the password is wrong, and made when that is repaired', async () => {
    const server = teardown.stopLater(await startRedis({ acl: ['default off', 'alice on >right ~* &* +@all'] }));
    const nodes = [TAB, redisProfile(server.port), redisNode('source', { mode: 'subscribe', key: 'a' }), recorder()];
    const flow = await startFlow(teardown, nodes, { profile: { user: 'alice', password: 'not right' } });
    const status = await flow.shows('source', /^wrong user name or password, next attempt \d\d:\d\d:\d\d$/);
    assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
    assert.ok(!flow.statuses.get('source')?.some(({ fill }) => fill === 'green'));
    assert.equal(flow.problems.filter((line) => line.startsWith('profile: ')).length, 1);
    assert.ok(!flow.logged.some((line) => line.includes('not right')));
    const client = await server.client();
    await client.call('ACL', 'SETUSER', 'alice', '>not right');
    await waitFor(() => flow.status('source')?.fill === 'green', 'green', 20_000);
  }).timeout(30_000);

  it('is not green without a server, and comes by itself with everything subscribed', async () => {
    const port = await freePort();
    const nodes = [TAB, redisProfile(port), redisNode('source', { mode: 'subscribe', key: 'a' }), recorder()];
    const flow = await startFlow(teardown, nodes);
    const got = flow.received('got');
    const status = await flow.shows('source', /^disconnected: nothing answers at this address, next attempt/);
    assert.deepEqual([status.fill, status.shape], ['red', 'ring']);
    assert.ok(!flow.statuses.get('source')?.some(({ fill }) => fill === 'green'));
    const server = teardown.stopLater(await startRedis({ port }));
    await waitFor(() => flow.status('source')?.fill === 'green', 'green', 15_000);
    const client = await server.client();
    await client.publish('a', '1');
    await waitFor(() => got.length === 1, 'the message');
    await server.halt();
    await flow.shows('source', /^disconnected: /);
  });

  it('is closed and opened by messages, for the nodes of the profile', async () => {
    const server = teardown.stopLater(await startRedis());
    const other = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(server.port, { autoConnect: false }),
      redisNode('source', { mode: 'subscribe', key: '', inputs: 1 }),
      recorder(),
      recorder('completed'),
      completer(['source']),
    ]);
    const completed = flow.received('completed');
    await flow.shows('source', 'node-red:common.status.disconnected');
    flow.send('source', { action: 'connect' });
    await flow.connected('source');
    flow.send('source', { action: 'disconnect' });
    await flow.shows('source', 'node-red:common.status.disconnected');
    flow.send('source', { action: 'connect', server: { host: '127.0.0.1', port: other.port } });
    await waitFor(() => completed.length === 3, 'all actions');
    await flow.connected('source');
    assert.equal(await server.sockets(), 0);
    assert.equal(await other.sockets(), 1);
  });

  it('uses the unix socket and TLS if told to', async () => {
    const unix = teardown.stopLater(await startRedis({ unixSocket: true }));
    const secure = teardown.stopLater(await startRedis({ tls: true }));
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(0, { id: 'p1', mode: 'unix', path: unix.socketPath }),
      redisProfile(secure.port, { id: 'p2', usetls: true, verifyservercert: false }),
      redisProfile(secure.port, { id: 'p3', usetls: true }),
      redisNode('source', { id: 's1', profile: 'p1', mode: 'subscribe', key: 'a' }),
      redisNode('source', { id: 's2', profile: 'p2', mode: 'subscribe', key: 'a' }),
      redisNode('source', { id: 's3', profile: 'p3', mode: 'subscribe', key: 'a' }),
      recorder(),
    ]);
    await flow.connected('s1', 's2');
    await flow.shows('s3', /^certificate not trusted, next attempt/);
  });

  it('is a refusal of the node alone when its ACL user may not use the channel', async () => {
    const server = teardown.stopLater(await startRedis({ acl: ['default off', 'alice on >right ~* &ok +@all'] }));
    const nodes = [
      TAB,
      redisProfile(server.port),
      redisNode('source', { id: 's1', mode: 'subscribe', key: 'ok' }),
      redisNode('source', { id: 's2', mode: 'subscribe', key: 'forbidden' }),
      recorder(),
    ];
    const flow = await startFlow(teardown, nodes, { profile: { user: 'alice', password: 'right' } });
    await flow.connected('s1');
    await flow.shows('s2', "forbidden refused: not allowed by the server's ACL");
  });
});
