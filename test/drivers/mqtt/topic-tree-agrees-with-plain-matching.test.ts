import assert from 'node:assert/strict';
import { TopicTree } from '../../../src/drivers/mqtt/topic-tree';
import { type Random, seeds, withSeed } from '../../support/random';
import { covers, matches, overlap } from '../../support/topic-matching';

const LEVELS = ['a', 'b', '', 'ü'];

function randomTopic(random: Random): string {
  const levels = Array.from({ length: random.int(1, 5) }, () => random.pick(LEVELS));
  if (random.chance(0.15)) levels[0] = random.pick(['$SYS', '$a']);
  return levels.join('/');
}

function randomFilter(random: Random): string {
  const levels = randomTopic(random)
    .split('/')
    .map((level) => (random.chance(0.3) ? '+' : level));
  if (random.chance(0.3)) levels.splice(random.int(0, levels.length - 1), levels.length, '#');
  return levels.join('/');
}

describe('the topic tree', () => {
  it('finds what comparing filter by filter finds, while filters come and go', async () => {
    for (const seed of seeds(60)) {
      await withSeed(seed, async (random) => {
        const tree = new TopicTree<string>();
        const present = new Set<string>();
        for (let step = 0; step < 80; step += 1) {
          const filter = randomFilter(random);
          if (random.chance(0.6)) {
            tree.set(filter.split('/'), filter);
            present.add(filter);
          } else {
            const victim = present.size > 0 && random.chance(0.8) ? random.pick([...present]) : filter;
            tree.delete(victim.split('/'));
            present.delete(victim);
          }
          assert.equal(tree.size, present.size);
          const topic = randomTopic(random);
          const expected = [...present].filter((each) => matches(each, topic)).sort();
          assert.deepEqual([...tree.match(topic)].sort(), expected, `matches of ${topic}`);
        }
      });
    }
  });

  it('answers about coverage and overlaps as comparing the filters does', async () => {
    for (const seed of seeds(60)) {
      await withSeed(seed, async (random) => {
        const tree = new TopicTree<string>();
        const present = Array.from({ length: 8 }, () => `p/${randomFilter(random)}`);
        for (const filter of present) tree.set(filter.split('/'), filter);
        for (let tries = 0; tries < 40; tries += 1) {
          const filter = `p/${randomFilter(random)}`;
          const covering = [...new Set(present)].filter((each) => covers(each, filter)).sort();
          assert.deepEqual([...tree.covering(filter.split('/'))].sort(), covering, `filters that cover ${filter}`);
          const meets = present.some((each) => overlap(each, filter));
          assert.equal(tree.overlaps(filter.split('/')), meets, `filters that meet ${filter}`);
        }
      });
    }
  });
});
