import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

const GOOD = 'mqtt:\n  one: {server: h}\n  two: {server: j}\n';

describe('named profiles whose form is broken by a change', () => {
  const teardown = useTeardown();

  const changes: Readonly<Record<string, readonly [text: string, told: RegExp]>> = {
    'a type that is misspelt for all': [
      'mqqt:\n  one: {server: h}\n  two: {server: j}\n',
      /"mqqt"; known: .* The profiles it had stay/,
    ],
    'a type that is misspelt for one': [
      'one: {typ: mqqt, props: {server: h}}\nmqtt: {two: {server: j}}\n',
      /^Named profile "one": There is no connection type "mqqt".* Its last good settings stay in force\.$/,
    ],
    'an entry without its properties': ['mqtt:\n  one:\n  two: {server: j}\n', /"one".*Its last good settings stay/],
    'an entry that is no map': ['mqtt:\n  one: 5\n  two: {server: j}\n', /"one".*Its last good settings stay/],
    'properties that are no map': [
      'one: {typ: mqtt, props: [a]}\nmqtt: {two: {server: j}}\n',
      /"one": has "props" that are no map .* Its last good settings stay/,
    ],
    'an element without id': [
      '- {idd: one, typ: mqtt, props: {server: h}}\n- {id: two, typ: mqtt, props: {server: j}}\n',
      /An element of the list is no profile.* The profiles it had stay/,
    ],
    'a type that holds no entries': ['mqtt: 5\n', /The profiles it had stay/],
    'half a word': ['mqt', /The file holds no profiles.* The profiles it had stay/],
    'nothing but comments': ['# later\n', /^The file is empty.* The profiles it had stay in force\.$/],
  };
  for (const [name, [text, told]] of Object.entries(changes)) {
    it(`stay as they were: ${name}`, () => {
      const folder = new ProfileFolder(teardown);
      folder.write('site.yaml', GOOD);
      const profiles = folder.open();
      folder.write('site.yaml', text);
      profiles.reload();
      assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'h');
      assert.equal(profiles.get('two', 'mqtt').given.settings['broker'], 'j');
      assert.equal(profiles.problems().length, 1, JSON.stringify(profiles.problems()));
      assert.match(profiles.problems()[0]?.message ?? '', told);
      folder.write('site.yaml', GOOD.replace('h}', 'g}'));
      profiles.reload();
      assert.deepEqual(profiles.problems(), []);
      assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'g');
    });
  }

  it('say what is wrong with them if they were never good', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('site.yaml', 'one: {typ: mqqt, props: {server: h}}\nkafka: {two: {server: j}}\n');
    const profiles = folder.open();
    for (const id of ['one', 'two']) {
      assert.throws(() => profiles.get(id, 'mqtt'), {
        code: 'NAMED_PROFILE_INVALID',
        message: /There is no connection type/,
      });
    }
  });

  it('go when their entry or their file is removed', () => {
    const folder = new ProfileFolder(teardown);
    const path = folder.write('site.yaml', GOOD);
    const profiles = folder.open();
    folder.write('site.yaml', 'mqtt: {two: {server: j}}');
    profiles.reload();
    assert.deepEqual(
      profiles.all().map(({ id }) => id),
      ['two'],
    );
    rmSync(path);
    profiles.reload();
    assert.deepEqual(profiles.all(), []);
  });

  it('stay as they were while their folder cannot be read, and this is said', () => {
    const folder = new ProfileFolder(teardown);
    const path = dirname(folder.write('site.yaml', GOOD));
    const profiles = folder.open();
    rmSync(path, { recursive: true });
    symlinkSync(path, path);
    profiles.reload();
    assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'h');
    assert.match(
      profiles.problems()[0]?.message ?? '',
      /^The folder can't be read: .* The profiles it had stay in force/,
    );
    rmSync(path);
    folder.write('site.yaml', GOOD);
    profiles.reload();
    assert.deepEqual(profiles.problems(), []);
  });

  it('stay as they were while the place that settings.js names is gone', () => {
    const folder = new ProfileFolder(teardown);
    const file = folder.write('site.yaml', GOOD);
    for (const path of [dirname(file), file]) {
      const profiles = folder.open({ location: { kind: 'path', path, expected: true } });
      renameSync(dirname(file), `${dirname(file)}-away`);
      profiles.reload();
      assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'h');
      assert.match(profiles.problems()[0]?.message ?? '', /^There is no such file or folder.* stay in force\.$/);
      renameSync(`${dirname(file)}-away`, dirname(file));
      profiles.reload();
      assert.deepEqual(profiles.problems(), []);
    }
  });

  it('are not waited for in pipes and devices', function () {
    if (process.platform === 'win32') this.skip();
    const folder = new ProfileFolder(teardown);
    folder.write('site.yaml', GOOD);
    execFileSync('mkfifo', [folder.path('pipe.yaml')]);
    symlinkSync('/dev/zero', folder.path('zero.yaml'));
    const profiles = folder.open();
    assert.equal(profiles.get('one', 'mqtt').given.settings['broker'], 'h');
    const told = profiles.problems().map(({ code }) => code);
    assert.deepEqual(told, ['PROFILE_FILE_UNREADABLE', 'PROFILE_FILE_UNREADABLE']);
  });

  it('are not read with wrong characters: files and secrets have to be UTF-8', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('site.yaml', 'mqtt: {one: {server: h, passwordFile: password}}');
    writeFileSync(folder.path('password'), Buffer.from('gr\u00fcn', 'latin1'));
    folder.write('other.yaml', '{}');
    writeFileSync(folder.path('other.yaml'), Buffer.from('mqtt: {two: {server: h, password: gr\u00fcn}}', 'latin1'));
    const profiles = folder.open();
    assert.throws(() => profiles.get('one', 'mqtt'), { message: /passwordFile.*not in UTF-8/ });
    assert.throws(() => profiles.get('two', 'mqtt'), { code: 'NAMED_PROFILE_UNKNOWN' });
    assert.match(profiles.problems()[0]?.message ?? '', /not in UTF-8; save it so \(connections\/other\.yaml\)/);
  });
});
