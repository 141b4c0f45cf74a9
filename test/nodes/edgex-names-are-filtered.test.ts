import assert from 'node:assert/strict';
import { matchesGlob, nameFilter } from '../../src/runtime/edgex/name-filter';

describe('names of devices, profiles and sources', () => {
  it('match globs as a whole', () => {
    for (const [glob, name, matches] of [
      ['camera', 'camera', true],
      ['camera', 'camera-1', false],
      ['Camera', 'camera', false],
      ['camera*', 'camera', true],
      ['*-1', 'camera-1', true],
      ['*-1', 'camera-12', false],
      ['c?mera', 'camera', true],
      ['c?mera', 'cmera', false],
      ['*a*b*c', 'xaybzc', true],
      ['*a*b*c', 'xaybz', false],
      ['a.c', 'abc', false],
      ['[a]', '[a]', true],
      ['', '', true],
      ['*', '', true],
      ['**', 'x', true],
    ] as const) {
      assert.equal(matchesGlob(glob, name), matches, `${glob} and ${name}`);
    }
  });

  it('take no time to speak of, whatever the glob', () => {
    assert.equal(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(5000)), false);
  });

  it('are one of a list, or any if there is none', () => {
    assert.equal(nameFilter(' , '), undefined);
    const wanted = nameFilter('one, two*');
    assert.deepEqual(
      ['one', 'two-3', 'three', ''].map((name) => wanted?.(name)),
      [true, true, false, false],
    );
  });
});
