import assert from 'node:assert/strict';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

describe('a named profile whose id is the merge key of YAML', () => {
  const teardown = useTeardown();

  it('is written, read, changed and removed as any other', () => {
    const profiles = new ProfileFolder(teardown).open();
    for (const server of ['one', 'two']) {
      profiles.put('<<', { type: 'mqtt', properties: { server } });
      assert.deepEqual(profiles.problems(), []);
      assert.deepEqual(
        profiles.all().map(({ id, properties }) => [id, properties]),
        [['<<', { server }]],
      );
    }
    profiles.remove('<<');
    assert.deepEqual(profiles.all(), []);
  });
});
