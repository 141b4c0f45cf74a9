import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../support/ports';
import { RedisNode, redisPool, redisProfile } from '../../support/redis-node';
import { startRedis } from '../../support/redis-server';
import { errorOf } from '../../support/states';
import { useTeardown } from '../../support/teardown';
import { waitFor, waitForAsync } from '../../support/waiting';

/** What something that listens may do with a connection. */
const MISDEEDS: Readonly<Record<string, (socket: Socket) => void>> = {
  'closes the connection': (socket) => socket.end(),
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'speaks HTTP': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  'sends noise': (socket) => socket.write(randomBytes(512)),
  'sends zeros': (socket) => socket.write(Buffer.alloc(64)),
  'answers with half a reply': (socket) => socket.write('%7\r\n$6\r\nserver\r\n$5\r\nre'),
  'answers nothing': () => undefined,
};

describe('something else that listens where Redis should', () => {
  const teardown = useTeardown();

  for (const [name, misdeed] of Object.entries(MISDEEDS)) {
    it(`and ${name} is a state with a reason, and Redis is used when it is there`, async () => {
      const port = await freePort();
      const impostor = await listen(port, misdeed);
      teardown.defer(() => impostor.stop());
      const node = new RedisNode(redisPool(teardown), redisProfile(port, { connectTimeoutMillis: 150 }));
      const waiting = node.run('SET', 'key', 'value');
      await waitFor(
        () => node.lease.state.kind === 'waiting' || node.lease.state.kind === 'refused' || undefined,
        () => `a failed attempt; ${JSON.stringify(node.lease.state)}`,
      );
      const { state } = node.lease;
      if (state.kind === 'waiting' || state.kind === 'refused') assert.match(errorOf(state).code, /^(REDIS_|CONNECT_)/);
      await impostor.stop();
      teardown.stopLater(await startRedis({ port }));
      assert.equal(await waiting, 'OK');
    });
  }
});

describe('a Redis server', () => {
  const teardown = useTeardown();

  it('that is a read-only replica refuses writes with REDIS_READONLY', async () => {
    const master = teardown.stopLater(await startRedis({ config: { 'repl-diskless-sync-delay': '0' } }));
    const replica = teardown.stopLater(await startRedis({ config: { replicaof: `127.0.0.1 ${master.port}` } }));
    const node = new RedisNode(redisPool(teardown), redisProfile(replica.port));
    await waitForAsync(
      async () => String(await node.run('INFO', 'replication')).includes('master_link_status:up'),
      'the replica to follow',
    );
    const error = await node.fails('SET', ['key', 'value']);
    assert.equal(error.code, 'REDIS_READONLY');
    assert.match(error.message, /connect to the master/);
  });

  it('whose user may not use INFO is used all the same', async () => {
    const server = teardown.stopLater(await startRedis({ acl: ['plain on >pass ~* &* +get +set +ping'] }));
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port, { username: 'plain', password: 'pass' }));
    assert.equal(await node.run('SET', 'key', 'value'), 'OK');
    assert.equal(node.session.server?.version, '');
  });

  it('answers 50 MB in one reply', async () => {
    const server = teardown.stopLater(await startRedis());
    const node = new RedisNode(redisPool(teardown), redisProfile(server.port));
    const big = Buffer.alloc(50 * 1024 * 1024, 'x');
    await node.run('SET', 'big', big);
    const reply = await node.session.run({ name: 'GET', args: ['big'] }, { buffers: true });
    assert.ok(Buffer.isBuffer(reply) && reply.equals(big));
    assert.equal(node.lease.state.kind, 'connected');
  });
});

async function listen(port: number, misdeed: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => misdeed(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
