import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync, statSync, writeFileSync, symlinkSync } from 'node:fs';
import { waitFor } from '../support/waiting';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

describe('profiles are managed in a file', () => {
  const teardown = useTeardown();

  it('in force at once, and after a restart', () => {
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open();
    let changes = 0;
    profiles.onChange('Werk 3', () => (changes += 1));
    profiles.put('Werk 3', {
      typ: 'mqtt',
      props: { server: 'h', password: 'pw', userProps: { a: 'b' }, keepalive: 30 },
    });
    assert.equal(changes, 1);
    assert.equal(profiles.get('Werk 3', 'mqtt').given.credentials['password'], 'pw');
    const again = folder.open();
    assert.deepEqual(again.get('Werk 3', 'mqtt').given, profiles.get('Werk 3', 'mqtt').given);
    assert.deepEqual(again.all()[0]?.managed, true);
    assert.equal(statSync(folder.path('managed.yaml')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder.path('.')), ['managed.yaml'], 'nothing else is left behind');
    profiles.remove('Werk 3');
    assert.equal(changes, 2);
    assert.throws(() => profiles.get('Werk 3', 'mqtt'), { code: 'NAMED_PROFILE_UNKNOWN' });
  });

  it('whatever it defines is checked first', () => {
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open();
    const refusals: readonly (readonly [id: string, definition: object, message: string])[] = [
      ['a', { typ: 'mqtt', props: { server: 'h', port: 'x' } }, 'Named profile "a": "port" must be a number.'],
      [
        'a',
        { typ: 'kafka', props: {} },
        'Named profile "a": There is no connection type "kafka"; known: mqtt, redis, http, edgex.',
      ],
      ['a', {}, 'Named profile "a": There is no connection type ""; known: mqtt, redis, http, edgex.'],
      [
        ' a',
        { typ: 'mqtt', props: { server: 'h' } },
        'An id must be text of at most 200 characters, in one line, without blanks at its ends.',
      ],
      [
        'a',
        { typ: 'redis', props: { host: 'h', database: -1 } },
        'Named profile "a": "database" must be a number from 0 to 2147483647.',
      ],
    ];
    for (const [id, definition, message] of refusals) {
      assert.throws(() => profiles.put(id, definition), { code: 'NAMED_PROFILE_INVALID', message });
    }
    assert.throws(() => readdirSync(folder.path('.')), { code: 'ENOENT' }, 'nothing is written');
  });

  it('a masked secret stays as it is', () => {
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open();
    profiles.put('a', { typ: 'mqtt', props: { server: 'h', password: 'pw' } });
    const [shown] = profiles.all();
    profiles.put('a', { typ: 'mqtt', props: { ...shown?.properties, server: 'g' } });
    const { settings, credentials } = profiles.get('a', 'mqtt').given;
    assert.deepEqual([settings['broker'], credentials['password']], ['g', 'pw']);
  });

  it('a mask within a map is no value either', () => {
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open();
    const props = {
      server: 'h',
      wsHeaders: { a: 'pw' },
      will: { topic: 't', properties: { userProperties: { b: 'pw' } } },
    };
    profiles.put('a', { typ: 'mqtt', props });
    profiles.put('a', { typ: 'mqtt', props: { ...profiles.all()[0]?.properties, clientid: 'c' } });
    const { settings } = profiles.get('a', 'mqtt').given;
    assert.deepEqual([settings['wsHeaders'], settings['willMsg']], [{ a: 'pw' }, { userProperties: { b: 'pw' } }]);
    for (const wrong of [{ wsHeaders: { a: '********' } }, { will: { topic: 'u', payload: '********' } }]) {
      const put = () => profiles.put('a', { typ: 'mqtt', props: { ...props, ...wrong } });
      assert.throws(put, { code: 'NAMED_PROFILE_INVALID', message: /in place of a secret that is not stored/ });
    }
  });

  it('what people wrote into files of their own is left to them', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('site.yaml', 'own: {type: mqtt, server: h}');
    const profiles = folder.open();
    const expected = {
      code: 'NAMED_PROFILE_NOT_MANAGED',
      message: 'Named profile "own" is defined in connections/site.yaml; change it there.',
    };
    assert.throws(() => profiles.put('own', { typ: 'mqtt', props: { server: 'g' } }), expected);
    assert.throws(() => profiles.remove('own'), expected);
    assert.throws(() => profiles.remove('none'), { code: 'NAMED_PROFILE_UNKNOWN' });
  });

  it('comments in it stay', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('managed.yaml', '# mine\na:\n  typ: mqtt\n  # the old one\n  props: {server: h}\n');
    const profiles = folder.open();
    profiles.put('b', { typ: 'mqtt', props: { server: 'g' } });
    const text = readFileSync(folder.path('managed.yaml'), 'utf8');
    assert.ok(text.includes('# mine') && text.includes('# the old one'), text);
    profiles.remove('b');
    assert.ok(profiles.get('a', 'mqtt'));
  });

  it('a broken one is not written over', async () => {
    const folder = new ProfileFolder(teardown);
    const path = folder.write('managed.yaml', 'a: {typ: mqtt, props: {server: h}}');
    const profiles = folder.open();
    writeFileSync(path, 'a: [');
    await waitFor(() => profiles.problems().length === 1, 'the problem');
    assert.throws(() => profiles.put('b', { typ: 'mqtt', props: { server: 'g' } }), { code: 'PROFILE_FILE_SYNTAX' });
    assert.equal(readFileSync(path, 'utf8'), 'a: [');
    assert.ok(profiles.get('a', 'mqtt'));
  });

  it('one in another form or encoding is left as it is', () => {
    const cases: readonly (readonly [text: Buffer, code: string])[] = [
      [Buffer.from('a: &x {typ: mqtt, props: {server: h}}\nb: *x\n'), 'NAMED_PROFILE_NOT_MANAGED'],
      [Buffer.from('mqtt: {a: {server: h}}\n'), 'NAMED_PROFILE_NOT_MANAGED'],
      [Buffer.from('a: {typ: mqtt, props: {server: h, password: gr\u00fcn}}\n', 'latin1'), 'PROFILE_FILE_SYNTAX'],
    ];
    for (const [text, code] of cases) {
      const folder = new ProfileFolder(teardown);
      const path = folder.write('managed.yaml', 'a: {typ: mqtt, props: {server: h}}');
      const profiles = folder.open();
      writeFileSync(path, text);
      profiles.reload();
      assert.throws(() => profiles.remove('a'), { code });
      assert.deepEqual(readFileSync(path), text);
    }
  });

  it('one that is a link stays a link', () => {
    const folder = new ProfileFolder(teardown);
    const real = folder.write('../real.yaml', 'a: {typ: mqtt, props: {server: h}}\n');
    folder.write('other.yaml', '{}');
    symlinkSync(real, folder.path('managed.yaml'));
    const profiles = folder.open();
    profiles.put('b', { typ: 'mqtt', props: { server: 'g' } });
    assert.match(readFileSync(real, 'utf8'), /b:\n  typ: mqtt/);
    assert.ok(lstatSync(folder.path('managed.yaml')).isSymbolicLink());
  });

  it('in the user directory when settings.js itself has the profiles', () => {
    const folder = new ProfileFolder(teardown);
    const value = { own: { type: 'mqtt', server: 'h' } };
    const profiles = folder.open({ location: { kind: 'object', value } });
    profiles.put('a', { typ: 'mqtt', props: { server: 'g' } });
    assert.ok(profiles.get('a', 'mqtt') && profiles.get('own', 'mqtt'));
    assert.deepEqual(readdirSync(folder.path('.')), ['managed.yaml']);
  });

  it('and nowhere when there is no user directory', () => {
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open({ userDirectory: undefined });
    assert.throws(() => profiles.put('a', { typ: 'mqtt', props: { server: 'g' } }), {
      code: 'PROFILE_FILE_UNWRITABLE',
    });
  });
});
