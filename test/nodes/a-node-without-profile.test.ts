import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, recorder, sink, source, startFlow, TAB } from './node-red';

describe('a node without profile', () => {
  const teardown = useTeardown();

  it('says so at once and to every message', async () => {
    const flow = await startFlow(teardown, [
      TAB,
      source({ profile: '', inputs: 1 }),
      sink({ profile: 'deleted' }),
      // A node of another type under the id is no profile either.
      sink({ id: 'mistaken', profile: 'got' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const caught = flow.received('caught');
    for (const id of ['source', 'sink', 'mistaken']) {
      await flow.shows(id, 'no connection profile');
      flow.send(id, { payload: 'x', topic: 'y' });
    }
    assert.equal(flow.problems.length, 3);
    await waitFor(() => caught.length === 3, 'the errors');
    assert.deepEqual(caught.map(caughtCode), ['NO_PROFILE', 'NO_PROFILE', 'NO_PROFILE']);
  });
});
