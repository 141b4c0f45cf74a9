import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a connection that fails', () => {
  const teardown = useTeardown();

  it('by a bad password is told once, in plain words, without the password', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { user: 'word' } }));
    const nodes = [TAB, profile(broker.port), source(), sink(), recorder()];
    const flow = await startFlow(teardown, nodes, { profile: { user: 'user', password: 'not the word' } });
    const status = await flow.shows('source', /^not authorised: check user and password, next attempt \d\d:\d\d:\d\d$/);
    assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
    // A second attempt, asked for, is refused as well and not told again.
    flow.send('sink', { action: 'connect' });
    await waitFor(() => broker.log.filter((line) => line.includes('not authorised')).length >= 2, 'two attempts');
    await flow.shows('sink', /^not authorised/);
    const told = flow.problems.filter((line) => line.startsWith('profile: '));
    assert.equal(told.length, 1, told.join('\n'));
    assert.ok(!flow.logged.some((line) => line.includes('not the word')));
  });

  it('for want of a broker shows why and when it tries again, and recovers', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    await broker.halt();
    const nodes = [TAB, profile(broker.port), source(), sink(), recorder()];
    const flow = await startFlow(teardown, nodes);
    const got = flow.received('got');
    const status = await flow.shows('source', /^disconnected: nothing answers .*, next attempt \d\d:\d\d:\d\d$/);
    assert.deepEqual([status.fill, status.shape], ['red', 'ring']);
    for (const payload of ['1', '2', '3']) flow.send('sink', { topic: 'a', payload });
    await flow.shows('sink', /^3 queued, /);
    await broker.start();
    await waitFor(() => got.length === 3, 'what was queued', 15_000);
    await flow.connected('source', 'sink');
    assert.ok(flow.logged.some((line) => line.startsWith('profile: Connected to broker: ')));
  });
});
