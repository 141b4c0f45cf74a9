import assert from 'node:assert/strict';
import { namedHttpNodes, readHttpProfile } from '../../src/runtime/http/http-profile-settings';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

describe('named profiles are read', () => {
  const teardown = useTeardown();

  const read = (text: string, id: string, type: string, name = 'site.yaml') => {
    const folder = new ProfileFolder(teardown);
    folder.write(name, text);
    const profiles = folder.open();
    assert.deepEqual(profiles.problems(), []);
    return profiles.get(id, type).given;
  };

  const SETTINGS = { broker: 'tcp://127.0.0.1:1883', clientid: 'me' };
  const CREDENTIALS = { user: 'joe', password: 'word' };

  const forms: Readonly<Record<string, string>> = {
    "by type and id, as eKuiper's connection.yaml":
      'mqtt:\n  demo: {server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}\n',
    "by id, with eKuiper's words":
      'demo:\n  typ: mqtt\n  props: {server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}\n',
    'by id, with long words':
      'demo:\n  type: mqtt\n  properties: {broker: "tcp://127.0.0.1:1883", clientId: me, user: joe, password: word}\n',
    'by id, without a level for properties':
      'demo: {type: mqtt, server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}\n',
    'as a list':
      '- {id: demo, typ: mqtt, props: {server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}}',
    'as one object':
      'id: demo\ntyp: MQTT\nprops: {server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}',
    'with aliases and merged keys':
      'demo:\n  typ: mqtt\n  props: &base {server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}\n' +
      'other:\n  typ: mqtt\n  props: {<<: *base, clientid: you}\n',
    'with anchors at a place of their own':
      'x-base: &base {server: "tcp://127.0.0.1:1883", username: joe}\n.word: &word word\n' +
      'mqtt: {demo: {<<: *base, clientid: me, password: *word}}\n',
    'in several documents':
      '# nothing\n---\ndemo: {type: mqtt, server: "tcp://127.0.0.1:1883", clientid: me, username: joe, password: word}\n',
  };
  for (const [form, text] of Object.entries(forms)) {
    it(form, () => {
      const { settings, credentials } = read(text, 'demo', 'mqtt');
      assert.deepEqual(settings, SETTINGS);
      assert.deepEqual(credentials, CREDENTIALS);
    });
  }

  it('from JSON, indented with tabs', () => {
    const text = JSON.stringify({ demo: { typ: 'redis', props: { addr: 'h:6380', db: 2 } } }, undefined, '\t');
    const { settings } = read(text, 'demo', 'redis', 'site.json');
    assert.deepEqual(settings, { host: 'h', port: 6380, database: 2 });
  });

  it("with eKuiper's names for the settings of MQTT", () => {
    const text = `mqtt:
  a:
    server: ssl://h:8883
    protocolVersion: 3.1.1
    enableClientSession: true
    clientid: 007
    sessionExpiryIntervalSeconds: 60
    insecureSkipVerify: true
    will: {topic: gone, payload: bye, qos: 1, retain: true}
`;
    assert.deepEqual(read(text, 'a', 'mqtt').settings, {
      broker: 'ssl://h:8883',
      protocolVersion: '4',
      cleansession: false,
      clientid: '007',
      sessionExpiry: 60,
      verifyservercert: false,
      willTopic: 'gone',
      willPayload: 'bye',
      willQos: 1,
      willRetain: true,
      willMsg: undefined,
    });
  });

  it('with every kind of address of Redis', () => {
    const of = (properties: string) => read(`redis: {a: {${properties}}}`, 'a', 'redis');
    assert.deepEqual(of('addr: "10.0.0.1:6380"').settings, { host: '10.0.0.1', port: 6380 });
    assert.deepEqual(of('address: h, port: 7').settings, { host: 'h', port: 7 });
    assert.deepEqual(of('server: "::1"').settings, { host: '::1' });
    assert.deepEqual(of('path: /run/redis.sock').settings, { path: '/run/redis.sock', mode: 'unix' });
    const cluster = of('nodes: ["a:1", "b:2"]').settings;
    assert.deepEqual(cluster, { nodes: 'a:1,b:2', mode: 'cluster' });
    const { settings, credentials } = of('url: "rediss://joe:w%40rd@h:6380/3"');
    assert.deepEqual(settings, { url: 'rediss://h:6380/3', mode: 'url' });
    assert.deepEqual(credentials, { user: 'joe', password: 'w@rd' });
  });

  it('with ids as they are written', () => {
    const folder = new ProfileFolder(teardown);
    const ids = ['localConnection', 'edgex.mqttMsgBus', 'Werk 3/Süd', '__proto__', 'constructor', '12', 'mqtt'];
    const lines = ids.map((id) => `${JSON.stringify(id)}: {typ: mqtt, props: {server: h}}`);
    folder.write('site.yml', lines.join('\n'));
    const profiles = folder.open();
    assert.deepEqual(profiles.problems(), []);
    assert.deepEqual(
      profiles.all().map(({ id }) => id),
      ids,
    );
    for (const id of ids) assert.equal(profiles.get(id, 'mqtt').given.settings['broker'], 'h');
    assert.throws(() => profiles.get('localconnection', 'mqtt'), { code: 'NAMED_PROFILE_UNKNOWN' });
  });

  it('from settings.js, or from the folder or file it names', () => {
    const folder = new ProfileFolder(teardown);
    const path = folder.write('../elsewhere/one.yaml', 'a: {type: mqtt, server: h}');
    folder.write('../elsewhere/two.yaml', 'b: {type: mqtt, server: h}');
    const idsOf = (location: Parameters<ProfileFolder['open']>[0]) =>
      folder
        .open(location)
        .all()
        .map(({ id }) => id);
    assert.deepEqual(idsOf({ location: { kind: 'path', path: 'elsewhere' } }), ['a', 'b']);
    assert.deepEqual(idsOf({ location: { kind: 'path', path } }), ['a']);
    const value = { mqtt: { c: { server: 'h' } } };
    assert.deepEqual(idsOf({ location: { kind: 'object', value } }), ['c']);
    assert.deepEqual(idsOf({ userDirectory: undefined }), []);
  });

  it('but shown without secrets', () => {
    const folder = new ProfileFolder(teardown);
    folder.write(
      'site.yaml',
      'mqtt: {a: {server: "tcp://joe:pw@h", password: pw, passwrd: pw, passwordFile: /x, wsHeaders: {A: pw}}}',
    );
    const [shown] = folder.open().all();
    assert.deepEqual(shown?.properties, {
      server: 'tcp://********@h',
      password: '********',
      passwrd: '********',
      passwordFile: '/x',
      wsHeaders: '********',
    });
    assert.ok(!JSON.stringify(folder.log).includes('pw'), folder.log.join('\n'));
  });
});

describe('named profiles of HTTP are read', () => {
  const teardown = useTeardown();

  function read(properties: string) {
    const folder = new ProfileFolder(teardown);
    folder.write('site.yaml', `http: {a: {${properties}}}`);
    const profiles = folder.open();
    assert.deepEqual(profiles.problems(), []);
    const { given } = profiles.get('a', 'http');
    return readHttpProfile(given.settings, given.credentials, namedHttpNodes(given), {}).profile;
  }

  it('with the authentication that the credentials mean', () => {
    const authOf = (properties: string) => read(`url: "https://h/api", ${properties}`).auth;
    assert.deepEqual(authOf('username: joe, password: pw'), { kind: 'basic', username: 'joe', password: 'pw' });
    assert.deepEqual(authOf('token: t'), { kind: 'bearer', token: 't' });
    assert.deepEqual(authOf('apiKey: k, apiKeyName: x-key'), { kind: 'api-key', value: 'k', name: 'x-key' });
    assert.deepEqual(authOf('clientId: c, clientSecret: s, tokenUrl: "https://login/token", scope: all'), {
      kind: 'oauth2',
      tokenUrl: 'https://login/token',
      clientId: 'c',
      clientSecret: 's',
      scope: 'all',
    });
    assert.equal(read('url: "https://h"').auth, undefined);
  });

  it('with user names in URLs as credentials', () => {
    const { baseUrl, auth, proxy } = read(
      'baseUrl: "http://joe:p%40w@h:8080/api", proxy: "http://me:pw@proxy:3128", noProxy: [a, .b]',
    );
    assert.equal(baseUrl, 'http://h:8080/api');
    assert.deepEqual(auth, { kind: 'basic', username: 'joe', password: 'p@w' });
    assert.deepEqual(proxy, { url: 'http://proxy:3128/', username: 'me', password: 'pw', noProxy: ['a', '.b'] });
  });

  it('with limits and retries', () => {
    const { maxSockets, retry, rateLimit } = read(
      'url: "http://h", maxSockets: 4, retryAttempts: 5, retryStatuses: [429, 503], rateRequests: 10',
    );
    assert.deepEqual([maxSockets, retry], [4, { attempts: 5, statuses: [429, 503] }]);
    assert.deepEqual(rateLimit, { requests: 10, perMillis: 1000 });
  });
});

describe('named profiles of an EdgeX bus are read', () => {
  const teardown = useTeardown();

  function read(text: string, environment: Readonly<Record<string, string>> = {}) {
    const folder = new ProfileFolder(teardown);
    folder.write('connection.yaml', text);
    return folder.open({ environment });
  }

  it('as connections to MQTT', () => {
    const profiles = read(
      'edgex: {mqttMsgBus: {protocol: tcp, server: 10.0.0.1, port: 1884, type: mqtt, topic: t, optional: {ClientId: me, Username: joe, Password: pw, KeepAlive: "30", Qos: 1}}}',
    );
    const { given } = profiles.get('mqttMsgBus', 'mqtt');
    assert.deepEqual(given.settings, { broker: '10.0.0.1', port: 1884, clientid: 'me', keepalive: '30' });
    assert.deepEqual(given.credentials, { user: 'joe', password: 'pw' });
    const [shown] = profiles.all();
    assert.deepEqual([shown?.type, shown?.serves, shown?.properties['optional']], ['edgex', 'mqtt', '********']);
  });

  it('as connections to Redis, with a password from the environment', () => {
    const profiles = read(
      'edgex: {redisMsgBus: {protocol: redis, server: localhost, port: 6379, type: redis, messageType: event}}',
      {
        CONNECTION__EDGEX__REDISMSGBUS__OPTIONAL__PASSWORD: 'pw',
      },
    );
    const { given } = profiles.get('redisMsgBus', 'redis');
    assert.deepEqual(given.settings, { host: 'localhost', port: 6379 });
    assert.deepEqual(given.credentials, { password: 'pw' });
    assert.throws(() => profiles.get('redisMsgBus', 'mqtt'), { code: 'NAMED_PROFILE_TYPE' });
  });

  it('and a bus that is not supported is said', () => {
    const profiles = read('edgex: {a: {server: h, type: zero}}');
    assert.throws(() => profiles.get('a', 'mqtt'), {
      code: 'NAMED_PROFILE_INVALID',
      message:
        'Named profile "a": "type" must be "mqtt" or "redis", the buses that are supported here (connections/connection.yaml:1:24).',
    });
  });
});
