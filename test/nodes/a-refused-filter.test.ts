import assert from 'node:assert/strict';
import { useTeardown } from '../support/teardown';
import { startAedes } from '../support/aedes-broker';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, profile, recorder, source, startFlow, TAB } from './node-red';

describe('a filter the broker refuses', () => {
  const teardown = useTeardown();

  it('is told to its node alone, in status and to catch', async () => {
    const broker = teardown.stopLater(
      await startAedes({
        authorizeSubscribe: (_client, subscription, callback) =>
          callback(null, subscription.topic === 'secret' ? null : subscription),
      }),
    );
    const flow = await startFlow(teardown, [
      TAB,
      profile(broker.port, { protocolVersion: '4' }),
      source({ id: 'denied', topic: 'secret' }),
      source({ id: 'allowed', topic: 'open' }),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const caught = flow.received('caught');
    await flow.shows('denied', 'secret refused: not authorised');
    await flow.connected('allowed');
    await waitFor(() => caught.length === 1, 'the error');
    assert.equal(caughtCode(caught[0]), 'MQTT_SUBSCRIPTION_REFUSED');
    assert.equal(caught[0]?.topic, 'secret');
  });
});
