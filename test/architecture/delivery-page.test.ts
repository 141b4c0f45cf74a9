/** What docs/delivery.md promises, a test proves: each of its statements names one that exists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/package-root';

const REFERENCE = /\[([a-z0-9-]+)\](?![(:])/g;

describe('the page of what is delivered', () => {
  const page = readFileSync(join(packageRoot, 'docs', 'delivery.md'), 'utf8');
  const promises = /<!-- begin: promises -->([^]*)<!-- end: promises -->/.exec(page)?.[1] ?? '';
  const definitions = new Map(
    [...page.matchAll(/^\[([a-z0-9-]+)\]: \.\.\/(test\/\S+)$/gm)].map(([, name = '', path = '']) => [name, path]),
  );
  const references = (text: string): string[] => [...text.matchAll(REFERENCE)].map(([, name = '']) => name);

  it('makes promises', () => {
    assert.ok(statements(promises).length > 50);
  });

  it('names a test for each statement', () => {
    assert.deepEqual(
      statements(promises).filter((statement) => references(statement).length === 0),
      [],
    );
  });

  it('names tests only that exist, and refers to each', () => {
    const named = new Set(references(page));
    assert.deepEqual(
      [...named].filter((name) => !definitions.has(name)),
      [],
    );
    for (const [name, path] of definitions) {
      assert.ok(named.has(name), `${name} proves nothing`);
      assert.ok(path.endsWith(`/${name}.test.ts`) && existsSync(join(packageRoot, path)), `there is no ${path}`);
      assert.match(readFileSync(join(packageRoot, path), 'utf8'), /\bit\(/);
    }
  });
});

/** The rows of tables, the items of lists, and the sentences of all other text but headings. */
function statements(text: string): string[] {
  const lines = text.split('\n');
  const found: string[] = [];
  let prose = '';
  const endProse = () => {
    found.push(...prose.split(/(?<=[.;])\s+(?!\[)/).filter((sentence) => sentence.trim() !== ''));
    prose = '';
  };
  for (const [index, line] of lines.entries()) {
    const isTable = line.startsWith('|');
    if (!isTable && line.trim() !== '' && !/^(#|- )/.test(line)) {
      prose += `${line} `;
      continue;
    }
    endProse();
    const isHead = /^\|[ :|-]+\|$/.test(line) || /^\|[ :|-]+\|$/.test(lines[index + 1] ?? '');
    if (isTable && !isHead) found.push(line);
    if (line.startsWith('- ')) prose = `${line.slice(2)} `;
  }
  endProse();
  return found;
}
