/** The commands that the documentation shows exist: each `--grep` finds a test, each `--case` a case of the benchmark. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/package-root';

const pages = ['README.md', ...readdirSync(join(packageRoot, 'docs')).flatMap((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);
const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

describe('the commands of the documentation', () => {
  const tests = readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => read(join('test', name)))
    .join('\n');
  const letters = readdirSync(join(packageRoot, 'bench', 'cases')).flatMap((name) =>
    [...read(join('bench', 'cases', name)).matchAll(/letter: '(\w)'/g)].map((match) => match[1]),
  );

  for (const page of pages) {
    it(`find something: ${page}`, () => {
      const text = read(page);
      const greps = [...text.matchAll(/npm test -- --grep (?:"([^"]+)"|(\w+))/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      );
      const cases = [...text.matchAll(/npm run bench -- --case (\w)/g)].map((match) => match[1] ?? '');
      assert.deepEqual(
        greps.filter((grep) => !titled(grep)),
        [],
      );
      assert.deepEqual(
        cases.filter((letter) => !letters.includes(letter)),
        [],
      );
    });
  }

  /** Whether a title of a test has these words. */
  function titled(words: string): boolean {
    return new RegExp(
      `(describe|describeEach|it)\\((?:[^'"\`\\n]*)['"\`][^\\n]*${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`,
    ).test(tests);
  }
});
