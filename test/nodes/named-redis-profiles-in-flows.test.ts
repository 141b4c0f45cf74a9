import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { getPool } from '../../src/runtime/process-pool';
import { freePort } from '../support/ports';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';
import { catcher, recorder, redisNode, startFlow, TAB } from './node-red';
import { useProfileFolder } from './profile-folder';

const NAMED = { id: 'profile', type: 'pool-redis-profile', named: 'cache' };

describe('nodes of a named Redis profile', () => {
  const teardown = useTeardown();

  it('follow it to another server, with the commands that wait and what they are subscribed to', async () => {
    const server = teardown.stopLater(await startRedis());
    const folder = useProfileFolder(teardown);
    folder.write('site.yaml', `redis: {cache: {addr: "127.0.0.1:${await freePort()}"}}`);
    const flow = await startFlow(teardown, [
      TAB,
      NAMED,
      redisNode('sink', { key: 'list', structure: 'list' }),
      redisNode('command', { operation: 'command', command: 'INCR', args: '["count"]', argsType: 'json' }),
      redisNode('source', { mode: 'subscribe', key: 'channel' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const got = flow.received('got');
    const caught = flow.received('caught');
    await flow.shows('sink', /nothing answers/);
    for (const payload of ['a', 'b', 'c']) flow.send('sink', { payload });
    await flow.shows('sink', /3 queued/);
    folder.write('site.yaml', `redis: {cache: {addr: "127.0.0.1:${server.port}"}}`);
    await flow.connected('sink', 'source');
    const client = await server.client();
    await waitForAsync(async () => (await client.llen('list')) === 3, 'what was queued');
    assert.deepEqual(await client.lrange('list', 0, -1), ['a', 'b', 'c']);
    await waitForAsync(async () => (await client.publish('channel', 'x')) > 0, 'the subscription');
    await waitFor(() => got.some(({ payload }) => payload === 'x'), 'the publication');
    assert.deepEqual(caught, []);
    assert.equal(getPool().snapshot().connections.length, 1);
  });

  it('take a password over that changes in its file', async () => {
    const server = teardown.stopLater(await startRedis({ acl: ['default off', 'alice on >one ~* &* +@all'] }));
    const folder = useProfileFolder(teardown);
    const secret = folder.write('secrets/password', 'one\n');
    folder.write(
      'site.yaml',
      `redis: {cache: {addr: "127.0.0.1:${server.port}", username: alice, passwordFile: secrets/password}}`,
    );
    const flow = await startFlow(teardown, [TAB, NAMED, redisNode('sink', { key: 'k' })]);
    await flow.connected('sink');
    const [before] = getPool().snapshot().connections;
    await (await server.client()).call('ACL', 'SETUSER', 'alice', 'resetpass', '>two');
    writeFileSync(secret, 'two\n');
    const other = () =>
      getPool()
        .snapshot()
        .connections.find(({ key }) => key !== before?.key);
    await waitFor(() => other()?.state.kind === 'connected', 'the connection with the new password');
    await flow.connected('sink');
    assert.ok(!flow.logged.some((line) => /\bone\b|\btwo\b/.test(line)));
  });

  it('that is kept open is connected without any', async () => {
    const server = teardown.stopLater(await startRedis());
    const folder = useProfileFolder(teardown);
    folder.write('site.yaml', `redis: {cache: {addr: "127.0.0.1:${server.port}", keepOpen: true}}`);
    await startFlow(teardown, [TAB, NAMED]);
    const { connections } = getPool().snapshot();
    await waitFor(
      () => getPool().snapshot().connections[0]?.state.kind === 'connected',
      () => JSON.stringify(connections),
    );
    folder.write('site.yaml', `redis: {cache: {addr: "127.0.0.1:${server.port}"}}`);
    await waitFor(() => getPool().snapshot().connections.length === 0, 'it to be closed');
  });
});
