import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, completer, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a connect action with other settings', () => {
  const teardown = useTeardown();

  async function start() {
    const home = teardown.stopLater(await startMosquitto());
    const away = teardown.stopLater(await startMosquitto({ users: { user: 'word' } }));
    const flow = await startFlow(teardown, [
      TAB,
      profile(home.port),
      source(),
      sink(),
      recorder(),
      recorder('caught'),
      recorder('completed'),
      catcher(),
      completer(['sink']),
    ]);
    await flow.connected('source', 'sink');
    return { home, away, flow, caught: flow.received('caught'), completed: flow.received('completed') };
  }

  it('is refused while connected, unless it is forced', async () => {
    const { away, flow, caught, completed } = await start();
    const settings = { port: away.port, username: 'user', password: 'word', clientid: 'me' };
    flow.send('sink', { action: 'connect', broker: settings });
    await waitFor(() => caught.length === 1, 'the refusal');
    assert.equal(caughtCode(caught[0]), 'INVALID_ACTION');
    const got = flow.received('got');
    flow.send('sink', { action: 'connect', broker: { ...settings, force: true } });
    await waitFor(() => completed.length === 1, 'the action to be done');
    await away.waitForLog(/ as me /);
    flow.send('sink', { topic: 'a', payload: 'there' });
    await waitFor(() => got.length === 1, 'the message by the other broker');
    await waitFor(() => away.count('PUBLISH') === 1, 'the publication');
  });

  it('tells why it failed', async () => {
    const { away, flow, caught } = await start();
    const broker = { port: away.port, username: 'user', password: 'not the word', force: true };
    flow.send('sink', { action: 'connect', broker });
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'MQTT_NOT_AUTHORIZED');
    await flow.shows('sink', /^not authorised: check user and password, next attempt \d\d:\d\d:\d\d$/);
    flow.send('sink', { action: 'connect', broker: { port: 'nonsense', force: true } });
    await waitFor(() => caught.length === 2, 'the error');
    assert.equal(caughtCode(caught[1]), 'MQTT_INVALID_PROFILE');
  });

  it('takes along what waits, in order', async () => {
    const { home, away, flow, caught, completed } = await start();
    await home.halt();
    await flow.shows('sink', /^disconnected: nothing answers/);
    const payloads = Array.from({ length: 20 }, (_value, index) => String(index));
    for (const payload of payloads) flow.send('sink', { topic: 'a', payload });
    const got = flow.received('got');
    const broker = { port: away.port, username: 'user', password: 'word', force: true };
    flow.send('sink', { action: 'connect', broker });
    await waitFor(() => completed.length === 21, 'the action and the messages to be done');
    await waitFor(() => got.length === 20, 'the messages');
    assert.deepEqual(
      got.map(({ payload }) => String(payload)),
      payloads,
    );
    assert.equal(caught.length, 0);
  });

  it('needs no connection to be done without settings when there is one already', async () => {
    const { home, flow, completed } = await start();
    flow.send('sink', { action: 'connect' });
    await waitFor(() => completed.length === 1, 'the action to be done');
    assert.equal(home.count('CONNECT'), 1);
  });
});
