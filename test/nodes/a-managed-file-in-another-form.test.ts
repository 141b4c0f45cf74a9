import assert from 'node:assert/strict';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

describe('a managed file that somebody wrote in another form', () => {
  const teardown = useTeardown();

  const forms: readonly (readonly [how: string, text: string, id: string])[] = [
    ['by type', 'mqtt: {a: {server: h}}', 'a'],
    ['with a type where a profile is to be', 'mqtt: {a: {server: h}}', 'mqtt'],
    ['as a list', '- {id: a, typ: mqtt, props: {server: h}}', 'a'],
    ['as a list, for a new profile', '- {id: a, typ: mqtt, props: {server: h}}', 'b'],
    ['with a number as the id', '1: {type: mqtt, server: h}', '1'],
  ];
  for (const [how, text, id] of forms) {
    it(`is told and left alone: ${how}`, () => {
      const folder = new ProfileFolder(teardown);
      folder.write('managed.yaml', text);
      const profiles = folder.open();
      const before = profiles.all();
      const refusal = { code: 'NAMED_PROFILE_NOT_MANAGED', message: /managed\.yaml .* by hand/ };
      assert.throws(() => profiles.put(id, { type: 'mqtt', properties: { server: 'other' } }), refusal);
      if (before.some((one) => one.id === id)) assert.throws(() => profiles.remove(id), refusal);
      profiles.reload();
      assert.deepEqual(profiles.all(), before);
      assert.deepEqual(profiles.problems(), []);
    });
  }

  it('is changed where the form is the one that is written here', () => {
    const folder = new ProfileFolder(teardown);
    folder.write('managed.yaml', 'a: {type: mqtt, server: h}\nbad: {type: kafka}\n');
    const profiles = folder.open();
    for (const id of ['a', 'bad', 'mqtt']) profiles.put(id, { type: 'mqtt', properties: { server: 'other' } });
    profiles.put('mqtt', { type: 'mqtt', properties: { server: 'again' } });
    profiles.remove('a');
    assert.deepEqual(
      profiles.all().map(({ id, properties }) => [id, properties['server']]),
      [
        ['bad', 'other'],
        ['mqtt', 'again'],
      ],
    );
  });
});
