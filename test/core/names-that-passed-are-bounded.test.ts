import assert from 'node:assert/strict';
import { SeenNames } from '../../src/core/seen-names';

describe('names that passed over a connection', () => {
  it('are kept once each, by kind', () => {
    const seen = new SeenNames();
    for (const name of ['a', 'b', 'a', 'a', 'b']) seen.of('topic').note(name);
    seen.of('key').note('c');
    assert.deepEqual([[...seen.of('topic')], [...seen.of('key')], [...seen.of('other')]], [['a', 'b'], ['c'], []]);
  });

  it('are a thousand at most, those seen lately among them', () => {
    const topics = new SeenNames().of('topic');
    for (let index = 0; index < 100_000; index += 1) topics.note(`topic/${index}`);
    const names = [...topics];
    assert.equal(names.length, 1000);
    const latest = names.filter((name) => Number(name.slice(6)) >= 30_000);
    assert.equal(latest.length, 1000, 'the older ones have gone');
  });

  it('keep what goes on among many others that come once', () => {
    const topics = new SeenNames().of('topic');
    for (let index = 0; index < 200_000; index += 1) {
      topics.note(`once/${index}`);
      if (index % 3 === 0) topics.note('steady');
    }
    assert.ok([...topics].includes('steady'));
  });

  it('are not kept if they are very long', () => {
    const topics = new SeenNames().of('topic');
    topics.note('x'.repeat(257));
    topics.note('x'.repeat(256));
    assert.deepEqual([...topics], ['x'.repeat(256)]);
  });
});
