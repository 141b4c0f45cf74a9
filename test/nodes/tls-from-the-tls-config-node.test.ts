import assert from 'node:assert/strict';
import { OTHER_CA, SERVER_CERTIFICATE, SERVER_KEY, TEST_CA } from '../support/certificates';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { profile, sink, startFlow, TAB } from './node-red';

describe('TLS from the tls-config node', () => {
  const teardown = useTeardown();

  async function startWith(authority: string) {
    const tls = { ca: TEST_CA, cert: SERVER_CERTIFICATE, key: SERVER_KEY };
    const broker = teardown.stopLater(await startMosquitto({ tls }));
    const config = { id: 'tls', type: 'tls-config', cert: '', key: '', ca: '', verifyservercert: true };
    const settings = profile(broker.port, { usetls: true, tls: 'tls' });
    return startFlow(teardown, [TAB, config, settings, sink()], { tls: { cadata: authority } });
  }

  it('connects to a broker whose certificate it trusts', async () => {
    const flow = await startWith(TEST_CA);
    await flow.connected('sink');
  });

  it('refuses another one and says why', async () => {
    const flow = await startWith(OTHER_CA);
    const status = await flow.shows('sink', /^certificate not trusted, next attempt/);
    assert.equal(status.shape, 'dot');
    assert.ok(flow.problems.some((line) => line.startsWith('profile: ') && line.endsWith('(MQTT_TLS)')));
  });
});
