import assert from 'node:assert/strict';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('mistakes in named profiles', () => {
  const teardown = useTeardown();

  function open(files: Readonly<Record<string, string>>) {
    const folder = new ProfileFolder(teardown);
    for (const [name, text] of Object.entries(files)) folder.write(name, text);
    const profiles = folder.open();
    return { folder, profiles, told: profiles.problems().map(({ code, message }) => `${code}: ${message}`) };
  }

  const GOOD = 'good: {type: mqtt, server: h}\n';

  const mistakes: readonly (readonly [text: string, told: string])[] = [
    [
      'bad:\n  type: mqtt\n  props:\n    server: h\n    port: many\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "port" must be a number (connections/site.yaml:6:5).',
    ],
    [
      'bad:\n  type: mqtt\n  props: {server: h, port: 70000}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "port" must be a number from 1 to 65535 (connections/site.yaml:4:22).',
    ],
    [
      'bad: {type: mqtt, server: h, cleanSession: maybe}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "cleanSession" must be true or false (connections/site.yaml:2:30).',
    ],
    [
      'bad: {type: mqtt, server: {host: h}}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "server" must be text or a list of texts (connections/site.yaml:2:19).',
    ],
    [
      'bad: {type: mqtt, server: "http://h"}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "server" must be a host name, an IP address or a URL with mqtt, mqtts, ws or wss, or several separated by commas (connections/site.yaml:2:19).',
    ],
    [
      'bad: {type: mqtt, server: h, url: g}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "url" says the same as "server"; remove one of them (connections/site.yaml:2:30).',
    ],
    [
      'bad: {type: mqtt, server: h, Password: a, password: b}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "password" says the same as "Password"; remove one of them (connections/site.yaml:2:43).',
    ],
    [
      'bad: {type: mqtt, server: h, will: gone}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "will" must be a JSON object such as {"name": "value"} (connections/site.yaml:2:30).',
    ],
    [
      'bad: {type: mqtt, server: h, will: {topic: t, retained: true}}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "will" must be a map of topic, payload, qos, retain, properties, without "retained" (connections/site.yaml:2:30).',
    ],
    [
      'bad: {type: mqtt, server: h, will: {payload: p}}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "will" must be a map with a "topic" (connections/site.yaml:2:30).',
    ],
    [
      'bad: {type: mqtt, server: h, will: {topic: t, qos: 3}}\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "will" has "qos", which must be a number from 0 to 2 (connections/site.yaml:2:30).',
    ],
    [
      'bad:\n  type: mqtt\n  server: h\n  password: "a\\tb"\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "password" can\'t be used: it contains the character U+0009, for which brokers close the connection (connections/site.yaml:5:3).',
    ],
    [
      'bad:\n  type: redis\n  addr: a b\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "addr" must be a host name or an IP address (connections/site.yaml:4:3).',
    ],
    [
      'bad:\n  type: http\n  url: http://h/?a=b\n',
      'PROFILE_INVALID_PROPERTY: Named profile "bad": "url" must not have a query (connections/site.yaml:4:3).',
    ],
    [
      'bad: {type: mqtt, server: h, password: "a${b"}\n',
      'PROFILE_ENVIRONMENT: Named profile "bad": "password" has "${" that begins no variable; write ${NAME}, ${NAME:-default}, or $${ for the characters themselves (connections/site.yaml:2:30).',
    ],
    [
      'bad: {type: kafka, server: h}\n',
      'PROFILE_UNKNOWN_TYPE: Named profile "bad": There is no connection type "kafka"; known: mqtt, redis, http, edgex (connections/site.yaml:2:1).',
    ],
    [
      'kafka: {bad: {server: h}}\n',
      'PROFILE_UNKNOWN_TYPE: There is no connection type "kafka"; known: mqtt, redis, http, edgex (connections/site.yaml:2:1).',
    ],
    [
      'bad: 7\n',
      'PROFILE_INVALID_ENTRY: Named profile "bad": is no profile: it needs "type" and "props" (connections/site.yaml:2:1).',
    ],
    [
      'bad: {server: h}\n',
      'PROFILE_INVALID_ENTRY: Named profile "bad": has no type: add "type", one of mqtt, redis, http, edgex (connections/site.yaml:2:1).',
    ],
    [
      '" bad": {type: mqtt, server: h}\n',
      'PROFILE_INVALID_ID: An id must be text of at most 200 characters, in one line, without blanks at its ends (connections/site.yaml:2:1).',
    ],
    [
      'bad: {type: mqtt, server: h, password: "${NOT_SET}"}\n',
      'PROFILE_ENVIRONMENT: Named profile "bad": "password" needs the environment variable NOT_SET, which is not set; set it, or write a default: ${NOT_SET:-…} (connections/site.yaml:2:30).',
    ],
  ];
  for (const [text, message] of mistakes) {
    it(`concern only their own entry: ${JSON.stringify(text)}`, () => {
      const { profiles, told, folder } = open({ 'site.yaml': `${GOOD}${text}` });
      assert.deepEqual(told, [message]);
      assert.equal(profiles.get('good', 'mqtt').given.settings['broker'], 'h');
      assert.equal(folder.log.length, 1);
      profiles.reload();
      assert.equal(folder.log.length, 1, 'told once');
    });
  }

  it('are said to who asks for the profile', () => {
    const { profiles } = open({
      'site.yaml': `${GOOD}bad: {type: mqtt, server: h, port: x}\nother: {type: redis, host: h}`,
    });
    assert.throws(() => profiles.get('bad', 'mqtt'), {
      code: 'NAMED_PROFILE_INVALID',
      message: 'Named profile "bad": "port" must be a number (connections/site.yaml:2:30).',
    });
    assert.throws(() => profiles.get('none', 'mqtt'), {
      code: 'NAMED_PROFILE_UNKNOWN',
      message: 'Named profile "none" is not defined; known: good, bad, other.',
    });
    assert.throws(() => profiles.get('other', 'mqtt'), {
      code: 'NAMED_PROFILE_TYPE',
      message: 'Named profile "other" is of type redis, not mqtt; name another one.',
    });
  });

  it('are warnings where the profile can be used all the same', () => {
    const { profiles, told } = open({
      'site.yaml': 'a: {type: mqtt, server: h, kepalive: 1, qos: 1, __proto__: {x: 1}}',
    });
    assert.deepEqual(told, [
      'PROFILE_UNKNOWN_PROPERTY: Named profile "a": "kepalive" is no property of mqtt profiles; correct or remove it (connections/site.yaml:1:28).',
      'PROFILE_UNUSED_PROPERTY: Named profile "a": "qos" has no effect here: it belongs to the nodes, or to other software (connections/site.yaml:1:41).',
      'PROFILE_UNKNOWN_PROPERTY: Named profile "a": "__proto__" is no property of mqtt profiles; correct or remove it (connections/site.yaml:1:49).',
    ]);
    assert.deepEqual(profiles.get('a', 'mqtt').given.settings, { broker: 'h' });
    assert.equal(Object.getPrototypeOf(profiles.get('a', 'mqtt').given.settings), Object.prototype);
  });

  it('of addresses without TLS are warnings, too, when there are certificates', () => {
    const { told } = open({
      'site.yaml': `a: {type: mqtt, server: "tcp://h", rootCARaw: AAAA}\nb: {type: mqtt, server: "ssl://h", rootCARaw: AAAA}\nc: {type: mqtt, server: h, rootCARaw: AAAA}`,
    });
    assert.deepEqual(told, [
      'PROFILE_UNUSED_PROPERTY: Named profile "a": It has certificates, but an address without TLS: they are not used. Begin it with ssl, wss, rediss or https (connections/site.yaml:1:1).',
    ]);
  });

  it('of one id in two files name both, and the first counts', () => {
    const { profiles, told } = open({
      'a.yaml': 'one: {type: mqtt, server: first}',
      'b.yaml': '\none: {type: redis, host: second}\ntwo: {type: mqtt, server: h}',
    });
    assert.deepEqual(told, [
      'PROFILE_DUPLICATE_ID: Named profile "one": It is defined twice; connections/a.yaml:1:1 counts. Remove one, or give it another id (connections/b.yaml:2:1).',
    ]);
    assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'first');
    assert.ok(profiles.get('two', 'mqtt'));
  });

  it('of one key twice in a map are said, and the first counts', () => {
    const { profiles, told } = open({
      'a.yaml': 'one: {type: mqtt, server: first}\none: {type: mqtt, server: second}',
    });
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^PROFILE_DUPLICATE_ID: "one" .*a\.yaml:1:1.*a\.yaml:2:1/);
    assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'first');
  });

  it('of syntax are told with their place, without what stands there', () => {
    const { told, profiles } = open({ 'a.yaml': 'one:\n  password: [secret\ntwo: 1', 'b.yaml': GOOD });
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /^PROFILE_FILE_SYNTAX: .*connections\/a\.yaml:3:1/);
    assert.ok(!told[0]?.includes('secret'));
    assert.ok(profiles.get('good', 'mqtt'));
  });
});

describe('a folder of profiles that settings.js names and that is not there', () => {
  const teardown = useTeardown();

  it('is told until it comes', async () => {
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open({ location: { kind: 'path', path: 'elsewhere', expected: true } });
    assert.match(profiles.problems()[0]?.message ?? '', /^There is no such file or folder; .* \(.*elsewhere\)\.$/);
    folder.write('../elsewhere/a.yaml', 'a: {type: mqtt, server: h}');
    await waitFor(() => profiles.problems().length === 0, 'the folder to be noticed');
    assert.ok(profiles.get('a', 'mqtt'));
  });
});
