import assert from 'node:assert/strict';
import { TEST_CA } from '../support/certificates';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';
import { edgexNode, edgexProfile } from './edgex-flow';
import { recorder, startFlow, TAB } from './node-red';
import { useProfileFolder } from './profile-folder';

describe('EdgeX nodes on a named profile', () => {
  const teardown = useTeardown();

  it('use its TLS and the password of a mounted file, and take a new one over', async () => {
    const server = teardown.stopLater(await startRedis({ tls: true, acl: ['default on >first ~* &* +@all'] }));
    const folder = useProfileFolder(teardown);
    folder.write('secrets/ca.pem', TEST_CA);
    const password = folder.write('secrets/password', 'first\n');
    folder.write(
      'site.yaml',
      `redis:\n  bus: {server: "rediss://127.0.0.1:${server.port}", passwordFile: ${password}, rootCaPath: secrets/ca.pem}\n`,
    );
    const flow = await startFlow(teardown, [
      TAB,
      { id: 'profile', type: 'pool-redis-profile', named: 'bus' },
      edgexProfile('redis'),
      edgexNode('source'),
      edgexNode('sink', { wires: [] }),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected('source', 'sink');
    flow.send('sink', { payload: { a: 1 } });
    await waitFor(() => got.length === 1, 'the event');
    assert.equal(await server.sockets(), 2);

    const client = await server.client();
    await client.call('ACL', 'SETUSER', 'default', 'resetpass', '>second');
    folder.write('secrets/password', 'second\n');
    await waitFor(() => {
      flow.send('sink', { payload: { a: 2 } });
      return got.some(({ payload }) => (payload as unknown as { a: number }).a === 2);
    }, 'an event with the new password');
    await flow.connected('source', 'sink');
    await waitForAsync(async () => (await server.sockets()) === 2, 'the old connection to be closed');
    assert.ok(!flow.logged.some((line) => /first|second/.test(line)));
  });
});
