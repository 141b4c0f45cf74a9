import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { startNamedProfiles } from '../../src/runtime/named-profiles/start';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

describe('what settings.js says of named profiles', () => {
  const teardown = useTeardown();

  function start(profiles: unknown, folder = new ProfileFolder(teardown)) {
    const errors: string[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: (text: string) => void errors.push(text) };
    const settings = { userDir: folder.userDirectory, connectionPool: { profiles } };
    const started = startNamedProfiles({ events: new EventEmitter(), settings, log });
    return { profiles: teardown.closeLater(started), errors };
  }

  const forms: Readonly<Record<string, unknown>> = {
    'by type and id': { mqtt: { a: { server: 'h' } } },
    'by id': { a: { type: 'mqtt', server: 'h' } },
    "with eKuiper's words": { a: { typ: 'mqtt', props: { server: 'h' } } },
    'a list': [{ id: 'a', typ: 'mqtt', props: { server: 'h' } }],
    'a list with a name': { profiles: [{ id: 'a', type: 'mqtt', properties: { server: 'h' } }] },
  };
  for (const [form, value] of Object.entries(forms)) {
    it(`may be the profiles themselves: ${form}`, () => {
      const { profiles, errors } = start(value);
      assert.equal(profiles.get('a', 'mqtt').given.settings['broker'], 'h');
      assert.deepEqual(errors, []);
    });
  }

  it('may be a folder or a file, from the user directory on', () => {
    for (const path of ['connections', 'connections/site.yaml']) {
      const folder = new ProfileFolder(teardown);
      folder.write('site.yaml', 'mqtt: {a: {server: h}}');
      const { profiles, errors } = start(path, folder);
      assert.equal(profiles.get('a', 'mqtt').given.settings['broker'], 'h');
      assert.deepEqual(errors, []);
    }
  });

  it('is told when it can be neither, and the usual folder counts', () => {
    for (const wrong of [5, true, () => undefined]) {
      const folder = new ProfileFolder(teardown);
      folder.write('site.yaml', 'mqtt: {a: {server: h}}');
      const { profiles, errors } = start(wrong, folder);
      assert.match(errors[0] ?? '', /^connectionPool\.profiles of settings\.js must be the path/);
      assert.ok(profiles.get('a', 'mqtt'));
    }
    assert.deepEqual(start(undefined).errors, []);
  });
});
