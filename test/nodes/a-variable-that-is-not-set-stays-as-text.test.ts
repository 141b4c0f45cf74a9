import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, source, startFlow, TAB } from './node-red';

/** What the test of settings relies on to do what a deploy does: it is Node-RED's doing. */
describe('an environment variable that is not set', () => {
  const teardown = useTeardown();

  it('stays in the profile as text after a deploy', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const names = { id: 'names', clientid: '${NOT_SET_ANYWHERE}' };
    const numbers = { id: 'numbers', keepalive: '${NOT_SET_ANYWHERE}' };
    const flow = await startFlow(teardown, [
      TAB,
      profile(broker.port, names),
      profile(broker.port, numbers),
      source({ id: 'of-names', profile: 'names' }),
      source({ id: 'of-numbers', profile: 'numbers' }),
    ]);
    await flow.connected('of-names');
    assert.equal(broker.count('CONNECT', '${NOT_SET_ANYWHERE}'), 1);
    const refusal = (line: string) => line.startsWith('of-numbers: "Keep-alive (keepalive)" must be a number');
    await waitFor(
      () => flow.problems.some(refusal),
      () => `the error; logged: ${flow.problems.join(', ')}`,
    );
  });
});
