import assert from 'node:assert/strict';
import { expandVariables } from '../../src/runtime/named-profiles/environment';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

describe('named profiles and the environment', () => {
  const teardown = useTeardown();

  function open(text: string, environment: Readonly<Record<string, string>>) {
    const folder = new ProfileFolder(teardown);
    folder.write('connection.yaml', text);
    return folder.open({ environment });
  }

  it('values take variables, with defaults', () => {
    const text = 'mqtt: {a: {server: "tcp://${HOST}:${PORT:-1883}", password: "${PW}", keepalive: "${KEEP:-30}"}}';
    const { given } = open(text, { HOST: 'h', PW: '${HOST} $& }' }).get('a', 'mqtt');
    assert.deepEqual(given.settings, { broker: 'tcp://h:1883', keepalive: 30 });
    assert.deepEqual(given.credentials, { password: '${HOST} $& }' });
  });

  it('variables are understood as a shell does, and no more than once', () => {
    const environment = { A: 'a', EMPTY: '', NESTED: '${A}' };
    const cases: readonly (readonly [text: string, expanded: object])[] = [
      ['${A}-${A}', { text: 'a-a' }],
      ['${EMPTY}', { text: '' }],
      ['${EMPTY:-x}', { text: 'x' }],
      ['${NONE:-}', { text: '' }],
      ['${NONE:-a:b-c}', { text: 'a:b-c' }],
      ['${NESTED}', { text: '${A}' }],
      ['$${A} costs $5 $', { text: '${A} costs $5 $' }],
      ['${NONE:-a${A}b}c', { text: 'aabc' }],
      ['${NONE:-${EMPTY:-${A}}}', { text: 'a' }],
      ['${A:-${NONE}}', { text: 'a' }],
      ['${NONE:-${OTHER}}', { missing: 'OTHER' }],
      ['$$${A}', { text: '$${A}' }],
      ['${}', { malformed: true }],
      ['${A', { malformed: true }],
      ['${A B}', { malformed: true }],
      ['${A:default}', { malformed: true }],
      ['${NONE:-'.repeat(100_000), { malformed: true }],
      [`${'${NONE:-'.repeat(100)}${'}'.repeat(100)}`, { malformed: true }],
      ['${NONE}', { missing: 'NONE' }],
      ['${toString}', { missing: 'toString' }],
    ];
    for (const [text, expanded] of cases) {
      assert.deepEqual(expandVariables(text, environment), expanded, text);
    }
  });

  it('overrides are shown beside what is written, without secrets', () => {
    const [shown] = open('mqtt: {Plant: {server: h, password: x}}', {
      CONNECTION__MQTT__PLANT__SERVER: 'tcp://joe:pw@h',
      CONNECTION__MQTT__PLANT__PASSWORD: 'pw',
    }).all();
    assert.deepEqual(shown?.properties, { server: 'h', password: '********' });
    assert.deepEqual(shown?.overrides, [
      { variable: 'CONNECTION__MQTT__PLANT__PASSWORD', property: 'PASSWORD', value: '********' },
      { variable: 'CONNECTION__MQTT__PLANT__SERVER', property: 'SERVER', value: 'tcp://********@h' },
    ]);
    assert.ok(!('overrides' in (open('mqtt: {a: {server: h}}', {}).all()[0] ?? {})));
  });

  it('two variables that set the same property are told, with the one that counts', () => {
    const profiles = open('mqtt: {plant: {server: h, password: x}}', {
      CONNECTION__MQTT__PLANT__BROKER: 'one',
      CONNECTION__MQTT__Plant__SERVER: 'two',
      CONNECTION__MQTT__PLANT__PASSWORD: 'pw',
    });
    assert.equal(profiles.get('plant', 'mqtt').given.settings['broker'], 'two');
    const told = profiles.problems().map(({ severity, message }) => `${severity}: ${message}`);
    assert.deepEqual(told, [
      'warning: Named profile "plant": CONNECTION__MQTT__PLANT__BROKER and CONNECTION__MQTT__Plant__SERVER set the same property; the latter counts. Remove one (CONNECTION__MQTT__PLANT__BROKER).',
    ]);
  });

  it('single properties are overridden, in any case and under any of their names', () => {
    const profiles = open(
      'mqtt: {Cloud-1: {broker: old, user: joe, passwordFile: /nowhere, insecureSkipVerify: true}}\nredis: {r: {addr: "h:1"}}',
      {
        CONNECTION__MQTT__CLOUD_1__SERVER: 'tcp://new:1',
        connection__mqtt__cloud_1__Password: 'a=b${c}',
        CONNECTION__MQTT__CLOUD_1__INSECURESKIPVERIFY: 'false',
        CONNECTION__REDIS__R__DB: '3',
        CONNECTION__REDIS__X: 'too short',
        CONNECTION__KAFKA__A__B: 'of other software',
      },
    );
    assert.deepEqual(profiles.problems(), []);
    const { given } = profiles.get('Cloud-1', 'mqtt');
    assert.deepEqual(given.settings, { broker: 'tcp://new:1', verifyservercert: true });
    assert.deepEqual(given.credentials, { user: 'joe', password: 'a=b${c}' });
    assert.deepEqual(profiles.get('r', 'redis').given.settings, { host: 'h', port: 1, database: 3 });
    assert.deepEqual(
      profiles.all().map(({ id }) => id),
      ['Cloud-1', 'r'],
    );
  });

  it('a profile can come from the environment alone', () => {
    const profiles = open('{}', {
      CONNECTION__MQTT__CLOUD__SERVER: 'tcp://h',
      CONNECTION__MQTT__Two__Parts__SERVER: 'tcp://h',
    });
    assert.deepEqual(profiles.problems(), []);
    assert.equal(profiles.get('cloud', 'mqtt').given.settings['broker'], 'tcp://h');
    assert.equal(profiles.get('Two__Parts', 'mqtt').given.settings['broker'], 'tcp://h');
  });

  it('mistakes name the variable, never its value', () => {
    const profiles = open(
      'mqtt: {a-b: {server: h}, a_b: {server: h}, c: {server: h}, d: {server: h}}\nredis: {r: {host: h}}',
      {
        CONNECTION__MQTT__A_B__KEEPALIVE: '10',
        CONNECTION__MQTT__C__PORT: 'secret',
        CONNECTION__MQTT__D__NONSENSE: 'secret',
        CONNECTION__MQTT__R__SERVER: 'secret',
      },
    );
    const told = profiles.problems().map(({ code, message }) => `${code}: ${message}`);
    assert.deepEqual(told, [
      'PROFILE_ENVIRONMENT: CONNECTION__MQTT__A_B__KEEPALIVE may mean "a-b", "a_b"; it is used for none. Write the id exactly (environment).',
      'PROFILE_ENVIRONMENT: CONNECTION__MQTT__R__SERVER names "r", which is of another type; it is not used (environment).',
      'PROFILE_INVALID_PROPERTY: Named profile "c": "PORT" must be a number (CONNECTION__MQTT__C__PORT).',
      'PROFILE_UNKNOWN_PROPERTY: Named profile "d": "NONSENSE" is no property of mqtt profiles; correct or remove it (CONNECTION__MQTT__D__NONSENSE).',
    ]);
    assert.ok(profiles.get('d', 'mqtt'));
  });
});
