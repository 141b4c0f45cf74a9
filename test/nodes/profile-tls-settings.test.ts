import assert from 'node:assert/strict';
import { readProfileSettings } from '../../src/runtime/mqtt-profile-settings';

const tlsNode = {
  valid: true,
  addTLSOptions: (options: Record<string, unknown>) =>
    Object.assign(options, { ca: 'CA', servername: 'name', rejectUnauthorized: true, other: 1 }),
};

describe('TLS of a profile', () => {
  it('comes from its tls-config node when TLS is on', () => {
    const { profile } = readProfileSettings({ broker: 'a', usetls: true }, {}, { tlsNode });
    assert.deepEqual(profile.brokers, ['mqtts://a:1883']);
    assert.deepEqual(profile.tls, { ca: 'CA', servername: 'name', rejectUnauthorized: true });
  });

  it('comes from its tls-config node when a URL asks for it', () => {
    for (const broker of ['mqtts://a', 'wss://a', 'b,mqtts://a']) {
      assert.equal(readProfileSettings({ broker }, {}, { tlsNode }).profile.tls?.ca, 'CA');
    }
  });

  it('is not there when nothing asks for it', () => {
    assert.equal(readProfileSettings({ broker: 'a' }, {}, { tlsNode }).profile.tls, undefined);
  });

  it('verifies the broker unless the profile or its tls-config node says otherwise', () => {
    const verifies = (settings: object, node?: unknown) =>
      readProfileSettings({ broker: 'mqtts://a', ...settings }, {}, { tlsNode: node });
    assert.equal(verifies({}).profile.tls?.rejectUnauthorized, true);
    const moved = verifies({ verifyservercert: false });
    assert.equal(moved.profile.tls?.rejectUnauthorized, false);
    assert.deepEqual(moved.warnings, ['certificate-not-verified']);
    const careless = { addTLSOptions: (options: Record<string, unknown>) => (options['rejectUnauthorized'] = false) };
    assert.equal(verifies({}, careless).profile.tls?.rejectUnauthorized, false);
  });

  it('is an error when a certificate could not be read, not a connection with less', () => {
    const broken = { ...tlsNode, valid: false };
    assert.throws(() => readProfileSettings({ usetls: true }, {}, { tlsNode: broken }), { code: 'MQTT_TLS' });
  });

  it('is an error when the tls-config node is gone', () => {
    assert.throws(() => readProfileSettings({ usetls: true }, {}, { tlsNode: null }), { code: 'MQTT_TLS' });
  });
});
