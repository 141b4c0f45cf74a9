import assert from 'node:assert/strict';
import { readProfileSettings } from '../../src/runtime/mqtt-profile-settings';

/** What the editor of the core node stores for a new broker. */
const CORE_BROKER = {
  broker: 'broker.example',
  port: '1883',
  clientid: '',
  autoConnect: true,
  usetls: false,
  protocolVersion: '4',
  keepalive: '60',
  cleansession: true,
  autoUnsubscribe: true,
  birthTopic: '',
  birthQos: '0',
  birthRetain: 'false',
  birthPayload: '',
  birthMsg: {},
  userProps: '',
  sessionExpiry: '',
};

describe('profile settings are read', () => {
  it('from a broker node moved over from the core', () => {
    const { profile, autoUnsubscribe, warnings, queue } = readProfileSettings(CORE_BROKER, {});
    assert.deepEqual(profile, {
      brokers: ['mqtt://broker.example:1883'],
      protocolVersion: 4,
      clientId: '',
      cleanSession: true,
      keepAliveSeconds: 60,
    });
    assert.deepEqual([autoUnsubscribe, warnings, queue], [true, [], {}]);
  });

  it('with numbers, booleans and JSON as text', () => {
    const settings = {
      broker: 'a',
      port: '1884',
      protocolVersion: '5',
      clientid: 'me',
      cleansession: 'false',
      keepalive: '0',
      connectTimeoutSeconds: '2.5',
      sessionExpiry: '3600',
      receiveMaximum: '10',
      maximumPacketSize: '1000',
      topicAliasMaximum: '0',
      userProps: '{"a":"b","n":1}',
      queueMaxCount: '5',
      queueMaxMegabytes: '0.5',
      queueMaxAgeSeconds: '1.5',
      queueOverflow: 'drop-oldest',
      lingerMillis: '0',
      autoUnsubscribe: 'false',
    };
    const read = readProfileSettings(settings, { user: 'u', password: 'p' });
    assert.deepEqual(read.profile, {
      brokers: ['mqtt://a:1884'],
      protocolVersion: 5,
      clientId: 'me',
      cleanSession: false,
      keepAliveSeconds: 0,
      username: 'u',
      password: 'p',
      connectTimeoutMillis: 2500,
      sessionExpirySeconds: 3600,
      userProperties: { a: 'b', n: '1' },
      receiveMaximum: 10,
      maximumPacketSize: 1000,
      topicAliasMaximum: 0,
    });
    assert.deepEqual(read.queue, { maxCount: 5, maxBytes: 524288, maxAgeMillis: 1500, overflow: 'drop-oldest' });
    assert.equal(read.lingerMillis, 0);
    assert.equal(read.autoUnsubscribe, false);
  });

  it('with version auto when none is given, and 3.1 for the compatibility mode of old flows', () => {
    const versionOf = (settings: object) => readProfileSettings({ ...settings }, {}).profile.protocolVersion;
    assert.equal(versionOf({}), 'auto');
    assert.equal(versionOf({ protocolVersion: 'auto' }), 'auto');
    assert.equal(versionOf({ protocolVersion: 5 }), 5);
    assert.equal(versionOf({ protocolVersion: '4', compatmode: true }), 3);
  });

  it('with a clean session, and a warning, when there is no client id to keep one for', () => {
    const read = readProfileSettings({ cleansession: false }, {});
    assert.equal(read.profile.cleanSession, true);
    assert.deepEqual(read.warnings, ['clean-without-client-id']);
  });

  it('without looking at MQTT 5 settings of a profile that speaks 3.1.1', () => {
    const settings = { protocolVersion: '4', userProps: 'no JSON', receiveMaximum: '0', sessionExpiry: 'x' };
    assert.equal(readProfileSettings(settings, {}).profile.userProperties, undefined);
  });

  it('with the copy of the topic only for a broker called localhost or 127.0.0.1', () => {
    const addsCopy = (broker: string) => readProfileSettings({ broker }, {}).addsTopicCopy;
    assert.deepEqual(['localhost', '127.0.0.1', 'mqtt://localhost', 'a'].map(addsCopy), [true, true, false, false]);
  });

  it('with headers and proxy for WebSockets only', () => {
    const environment = { HTTP_PROXY: 'http://proxy:3128' };
    const settings = { wsHeaders: '{"x-token":1}' };
    const overWs = readProfileSettings({ ...settings, broker: 'ws://a/mqtt' }, {}, { environment }).profile;
    assert.deepEqual([overWs.wsHeaders, overWs.proxy], [{ 'x-token': '1' }, 'http://proxy:3128']);
    const overTcp = readProfileSettings({ ...settings, broker: 'a' }, {}, { environment }).profile;
    assert.deepEqual([overTcp.wsHeaders, overTcp.proxy], [undefined, undefined]);
  });
});
