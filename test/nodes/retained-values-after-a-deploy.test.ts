import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, profile, source, startFlow, TAB } from './node-red';

describe('retained values after a deploy', () => {
  const teardown = useTeardown();

  async function received(protocolVersion: '4' | '5', replayRetained: boolean) {
    const broker = teardown.stopLater(await startMosquitto());
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await client.publish('a', 'kept', { qos: 1, retain: true });
    const settings = profile(broker.port, { clientid: 'me', protocolVersion });
    const nodes = [TAB, settings, source({ topic: 'a', replayRetained }), collector()];
    const flow = await startFlow(teardown, nodes);
    const payloads = () => flow.collected('got').map(({ payload, ...message }) => [payload, message['retain']]);
    await waitFor(() => payloads().length === 1, 'the retained value');
    for (let round = 0; round < 2; round += 1) {
      await flow.deploy(nodes, 'full');
      if (replayRetained) await waitFor(() => payloads().length === round + 2, 'the retained value again');
    }
    await client.publish('a', 'live', { qos: 1 });
    await waitFor(() => payloads().at(-1)?.[0] === 'live', 'the live message');
    assert.equal(broker.count('CONNECT', 'me'), 1);
    assert.equal(broker.count('UNSUBSCRIBE', 'me'), 0);
    return payloads();
  }

  for (const version of ['4', '5'] as const) {
    it(`do not come again, on version ${version}`, async () => {
      assert.deepEqual(await received(version, false), [
        ['kept', true],
        ['live', false],
      ]);
    });

    it(`come again if the source wants that, on version ${version}`, async () => {
      assert.deepEqual(await received(version, true), [
        ['kept', true],
        ['kept', true],
        ['kept', true],
        ['live', false],
      ]);
    });
  }
});
