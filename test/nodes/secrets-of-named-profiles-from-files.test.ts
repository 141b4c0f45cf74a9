import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('secrets of named profiles come from files', () => {
  const teardown = useTeardown();
  const passwordOf = (profiles: ReturnType<ProfileFolder['open']>) =>
    profiles.get('a', 'mqtt').given.credentials['password'];

  it('without the line break at their end, and paths start from the profile file', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('secrets/password', ' pass word \r\n');
    folder.write('secrets/user', 'joe');
    folder.write('a.yaml', 'mqtt: {a: {server: h, passwordFile: secrets/password, usernameFile: "${DIR}/user"}}');
    const environment = { DIR: folder.path('secrets') };
    assert.deepEqual(folder.open({ environment }).get('a', 'mqtt').given.credentials, {
      password: ' pass word ',
      user: 'joe',
    });
  });

  it('and are read again when they change', async () => {
    const folder = new ProfileFolder(teardown);
    const path = folder.write('secrets/password', 'one');
    folder.write('a.yaml', 'mqtt: {a: {server: h, passwordFile: secrets/password}, b: {server: h}}');
    const profiles = folder.open();
    const changes: string[] = [];
    for (const id of ['a', 'b']) profiles.onChange(id, () => changes.push(id));
    writeFileSync(path, 'two');
    await waitFor(() => passwordOf(profiles) === 'two', 'the new password');
    rmSync(path);
    await waitFor(() => profiles.problems().length === 1, 'the missing file to be told');
    assert.equal(passwordOf(profiles), 'two');
    assert.match(
      profiles.problems()[0]?.message ?? '',
      /^Named profile "a": "passwordFile" names a file: the file .*secrets\/password can't be read: there is no such file \(connections\/a\.yaml:1:23\)\. Its last good settings stay in force\.$/,
    );
    writeFileSync(path, 'three');
    await waitFor(() => passwordOf(profiles) === 'three', 'the third password');
    assert.deepEqual(profiles.problems(), []);
    assert.deepEqual(changes, ['a', 'a']);
  });

  it('also when a link to a folder is swapped, as Kubernetes mounts them', async () => {
    const folder = new ProfileFolder(teardown);
    const mount = join(folder.userDirectory, 'mount');
    const fill = (version: string) => {
      mkdirSync(join(mount, version), { recursive: true });
      writeFileSync(join(mount, version, 'password'), version);
      symlinkSync(version, join(mount, '..data_tmp'));
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
    };
    fill('..v1');
    symlinkSync('..data/password', join(mount, 'password'));
    folder.write('a.yaml', `mqtt: {a: {server: h, passwordFile: ${join(mount, 'password')}}}`);
    const profiles = folder.open();
    assert.equal(passwordOf(profiles), '..v1');
    fill('..v2');
    rmSync(join(mount, '..v1'), { recursive: true });
    await waitFor(() => passwordOf(profiles) === '..v2', 'the new password');
  });

  it('and so do certificates', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('ca.pem', 'CA');
    const raw = Buffer.from('CERT').toString('base64');
    folder.write(
      'a.yaml',
      `mqtt: {a: {server: "ssl://h", rootCaPath: ca.pem, certificationRaw: ${raw}, privateKeyPath: none.pem}}`,
    );
    const profiles = folder.open();
    assert.throws(
      () => profiles.get('a', 'mqtt'),
      /"privateKeyPath" names a file: the file .*none\.pem can't be read: there is no such file/,
    );
    folder.write('none.pem', 'KEY');
    profiles.reload();
    const options: Record<string, unknown> = {};
    const tlsNode = profiles.get('a', 'mqtt').given.tlsNode as { addTLSOptions(options: object): void };
    tlsNode.addTLSOptions(options);
    assert.deepEqual(options, { ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') });
  });

  it('never as large as the disk', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('large', 'x'.repeat(1024 * 1024 + 1));
    folder.write('a.yaml', 'mqtt: {a: {server: h, passwordFile: large}, b: {server: h, passwordFile: .}}');
    const profiles = folder.open();
    assert.throws(() => profiles.get('a', 'mqtt'), /larger than 1 MiB/);
    assert.throws(() => profiles.get('b', 'mqtt'), /it is no file/);
  });
});
