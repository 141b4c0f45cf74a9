import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { getPool } from '../../src/runtime/process-pool';
import { startMosquitto } from '../support/mosquitto';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, type FlowNode, recorder, sink, source, startFlow, TAB } from './node-red';
import { useProfileFolder } from './profile-folder';

const named = (id: string, properties: Record<string, unknown> = {}): FlowNode => ({
  id: `profile-${id}`,
  type: 'pool-mqtt-profile',
  named: id,
  ...properties,
});

describe('nodes of a named profile', () => {
  const teardown = useTeardown();

  it('use what the file says, and nothing of what the node holds', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { joe: 'word' } }));
    const folder = useProfileFolder(teardown);
    folder.write(
      'site.yaml',
      `mqtt:\n  Line 3: {server: "tcp://127.0.0.1:${broker.port}", username: joe, password: word, clientid: line3}\n`,
    );
    const flow = await startFlow(teardown, [
      TAB,
      named('Line 3', { broker: 'nowhere.invalid', port: '1', id: 'profile' }),
      source(),
      sink(),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected('source', 'sink');
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => got.length === 1, 'the message');
    assert.equal(broker.count('CONNECT', 'line3'), 1);
  });

  it('of 20 connections reconnect when their own entry changes, and no others do', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const folder = useProfileFolder(teardown);
    const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const text = (keepalive: (id: string) => number) =>
      ids
        .map(
          (id) =>
            `${id}: {typ: mqtt, props: {server: "tcp://127.0.0.1:${broker.port}", clientid: ${id}, keepalive: ${keepalive(id)}}}`,
        )
        .join('\n');
    const path = folder.write(
      'site.yaml',
      text(() => 60),
    );
    const flow = await startFlow(teardown, [
      TAB,
      ...ids.map((id) => named(id)),
      ...ids.map((id) => source({ id: `source-${id}`, topic: `to/${id}`, profile: `profile-${id}`, wires: [['got']] })),
      ...ids.map((id) => sink({ id: `sink-${id}`, profile: `profile-${id}` })),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected(...ids.map((id) => `source-${id}`));
    assert.equal(broker.count('CONNECT'), 20);
    writeFileSync(`${path}.new`, `# another line moves all the others\n${text((id) => (id === 'c7' ? 30 : 60))}`);
    renameSync(`${path}.new`, path);
    await waitFor(() => broker.count('CONNECT', 'c7') === 2, 'c7 to connect anew');
    await flow.connected('source-c7', 'sink-c7');
    for (const id of ids) flow.send(`sink-${id}`, { topic: `to/${id}`, payload: id });
    await waitFor(() => got.length === 20, 'a message for each');
    assert.deepEqual(new Set(got.map(({ payload }) => payload)), new Set(ids));
    assert.equal(broker.count('CONNECT'), 21);
    assert.equal(getPool().snapshot().connections.length, 20);
  });

  it('of several profile nodes move together, so that a client id is never used twice', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const folder = useProfileFolder(teardown);
    const text = (keepalive: number) =>
      `one: {typ: mqtt, props: {server: "tcp://127.0.0.1:${broker.port}", clientid: me, keepalive: ${keepalive}}}`;
    folder.write('site.yaml', text(60));
    const flow = await startFlow(teardown, [
      TAB,
      named('one', { id: 'p1' }),
      named('one', { id: 'p2' }),
      source({ id: 's1', profile: 'p1' }),
      source({ id: 's2', profile: 'p2' }),
      sink({ profile: 'p2' }),
      recorder(),
    ]);
    const got = flow.received('got');
    await flow.connected('s1', 's2', 'sink');
    folder.write('site.yaml', text(30));
    await waitFor(() => broker.count('CONNECT') === 2, 'the new connection');
    await flow.connected('s1', 's2', 'sink');
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => got.length === 2, 'the message twice');
    assert.equal(broker.count('CONNECT'), 2);
    assert.ok(!broker.log.some((line) => /already connected|taken over/i.test(line)));
  });

  it('take what waits in their queues along', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const folder = useProfileFolder(teardown);
    folder.write('site.yaml', `mqtt: {a: {server: "tcp://127.0.0.1:${await freePort()}"}}`);
    const nodes = [TAB, named('a', { id: 'profile' }), source(), sink(), recorder(), recorder('caught'), catcher()];
    const flow = await startFlow(teardown, nodes);
    const got = flow.received('got');
    const caught = flow.received('caught');
    await flow.shows('sink', /nothing answers/);
    const payloads = ['m1', 'm2', 'm3', 'm4', 'm5'];
    for (const payload of payloads) flow.send('sink', { topic: 'a', payload, qos: 1 });
    await flow.shows('sink', /5 queued/);
    folder.write('site.yaml', `mqtt: {a: {server: "tcp://127.0.0.1:${broker.port}"}}`);
    await waitFor(() => got.length === 5, 'what was queued');
    assert.deepEqual(
      got.map(({ payload }) => payload),
      payloads,
    );
    assert.deepEqual(caught, []);
  });

  it('say so when it is not defined or not any more, and recover when it is', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const folder = useProfileFolder(teardown);
    const entry = (id: string) => `${id}: {type: mqtt, server: "tcp://127.0.0.1:${broker.port}"}\n`;
    folder.write('site.yaml', entry('other'));
    const nodes = [TAB, named('a', { id: 'profile' }), source(), sink(), recorder(), recorder('caught'), catcher()];
    const flow = await startFlow(teardown, nodes);
    const got = flow.received('got');
    const caught = flow.received('caught');
    await flow.shows('source', 'Named profile "a" is not defined; known: other.');
    flow.send('sink', { topic: 'a', payload: 'lost' });
    await waitFor(() => caught.some((message) => message.payload === 'lost'), 'the error of the message');
    assert.equal(caughtCode(caught.find((message) => message.payload === 'lost')), 'NAMED_PROFILE_UNKNOWN');
    const path = folder.write('site.yaml', entry('other') + entry('a'));
    await flow.connected('source', 'sink');
    folder.write('site.yaml', entry('third'));
    await flow.shows('sink', 'Named profile "a" is not defined; known: third.');
    await waitFor(() => broker.log.some((line) => /disconnected|closed/.test(line)), 'the end of the connection');
    writeFileSync(path, entry('third') + entry('a'));
    await flow.connected('source', 'sink');
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => got.length === 1, 'the message');
    assert.equal(broker.count('CONNECT'), 2);
  });

  it('go on while a file is broken, empty or half written', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const folder = useProfileFolder(teardown);
    const good = `mqtt: {a: {server: "tcp://127.0.0.1:${broker.port}"}}`;
    folder.write('site.yaml', good);
    const flow = await startFlow(teardown, [TAB, named('a', { id: 'profile' }), source(), sink(), recorder()]);
    const got = flow.received('got');
    await flow.connected('source', 'sink');
    for (const broken of [good.slice(0, 20), '', 'mqtt: {a: {server: h, port: many}}']) {
      folder.write('site.yaml', broken);
      await waitFor(() => folder.profiles().problems().length === 1, 'the problem to be noticed');
      assert.match(folder.profiles().problems()[0]?.message ?? '', /stay in force/);
      folder.write('site.yaml', good);
      await waitFor(() => folder.profiles().problems().length === 0, 'the problem to be gone');
    }
    flow.send('sink', { topic: 'a', payload: 'x' });
    await waitFor(() => got.length === 1, 'the message');
    assert.equal(broker.count('CONNECT'), 1);
    rmSync(folder.path('site.yaml'));
    await flow.shows('source', 'Named profile "a" is not defined; known: none.');
  });

  it('are known to the profile', async () => {
    const folder = useProfileFolder(teardown);
    folder.write('site.yaml', `mqtt: {a: {server: "tcp://127.0.0.1:${await freePort()}"}}`);
    const nodes = [TAB, named('a', { id: 'profile', name: 'mine' }), source(), recorder()];
    const flow = await startFlow(teardown, nodes);
    await flow.shows('source', /nothing answers/);
    const users = folder.profiles().usersOf('a');
    assert.deepEqual(
      users.map(({ id, type, name, borrowers }) => [id, type, name, borrowers.map((one) => one.id)]),
      [['profile', 'pool-mqtt-profile', 'mine', ['source']]],
    );
    await flow.deploy([TAB, source(), recorder()], 'full');
    assert.deepEqual(folder.profiles().usersOf('a'), []);
  });
});
