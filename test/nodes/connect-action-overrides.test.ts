import assert from 'node:assert/strict';
import { overrideProfile } from '../../src/runtime/mqtt-profile-overrides';
import { readProfileSettings } from '../../src/runtime/mqtt-profile-settings';

const SETTINGS = { broker: 'a', port: '1883', willTopic: 'state', willPayload: 'gone', sessionExpiry: '', name: 'x' };
const CREDENTIALS = { user: 'u', password: 'p' };

function overridden(overrides: Record<string, unknown>, settings: Record<string, unknown> = SETTINGS) {
  const changed = overrideProfile(settings, CREDENTIALS, overrides);
  return readProfileSettings(changed.settings, changed.credentials).profile;
}

describe('msg.broker of a connect action', () => {
  it('replaces what it names and nothing else', () => {
    const profile = overridden({ broker: 'b', clientid: 'me', keepalive: 5, sessionExpiryInterval: 60 });
    assert.deepEqual(
      [profile.brokers, profile.clientId, profile.keepAliveSeconds, profile.sessionExpirySeconds, profile.username],
      [['mqtt://b:1883'], 'me', 5, 60, 'u'],
    );
    assert.equal(profile.will?.topic, 'state');
  });

  it('replaces user and password for this connection only', () => {
    assert.deepEqual(overrideProfile(SETTINGS, CREDENTIALS, { username: 'v', password: 'q' }).credentials, {
      user: 'v',
      password: 'q',
    });
    assert.deepEqual(overrideProfile(SETTINGS, CREDENTIALS, { broker: 'b' }).credentials, CREDENTIALS);
  });

  it('replaces birth, close and will messages as a whole', () => {
    const will = { topic: 't', payload: { a: 1 }, qos: 1, retain: true, properties: { contentType: 'text/plain' } };
    assert.deepEqual(overridden({ will }).will, { ...will, payload: '{"a":1}' });
    assert.equal(overridden({ will: null }).will, undefined);
  });

  it('with a url goes there, and with a later broker leaves it again', () => {
    const atUrl = overrideProfile(SETTINGS, CREDENTIALS, { url: 'mqtt://c:99' }).settings;
    assert.deepEqual(readProfileSettings(atUrl, {}).profile.brokers, ['mqtt://c:99']);
    assert.deepEqual(overridden({ port: 77 }, { ...atUrl }).brokers, ['mqtt://a:77']);
  });
});
