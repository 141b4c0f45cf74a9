/** What users get: everything that is needed, by rule, and nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../support/npm';
import { packageRoot } from '../support/package-root';

interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly 'node-red': Readonly<Record<'nodes' | 'plugins', Readonly<Record<string, string>>>>;
}

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

/** All files below a folder of the repository, by their paths in it. */
function below(folder: string, isWanted: (path: string) => boolean = () => true): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${join(entry.parentPath, entry.name).slice(join(packageRoot, folder).length + 1)}`)
    .filter(isWanted);
}

/** What the build makes of a source. */
const compiled = (path: string): string[] => ['.js', '.js.map', '.d.ts'].map((end) => path.replace(/\.ts$/, end));

describe('the package', function () {
  this.timeout(60_000);
  let paths: readonly string[];

  before(async () => {
    ({ paths } = await pack());
  });

  it('holds what its sources make, and nothing else', () => {
    const isSource = (path: string) => path.endsWith('.ts');
    const wanted = [
      ...['LICENSE', 'README.md', 'package.json'],
      ...below('src', isSource).flatMap((path) => compiled(`dist/src/${path}`)),
      ...below('nodes', isSource).flatMap((path) => compiled(`dist/nodes/${path}`)),
      ...below('nodes', (path) => !isSource(path)).map((path) => `dist/nodes/${path}`),
      ...below('icons').map((path) => `dist/nodes/icons/${path}`),
      ...below('src/editor', (path) => /(?<!\.d)\.mts$/.test(path)).map(
        (path) => `resources/editor/${path.replace(/\.mts$/, '.mjs')}`,
      ),
      ...below('resources', (path) => !path.endsWith('.mjs')).map((path) => `resources/${path}`),
      ...below('examples').map((path) => `examples/${path}`),
    ];
    assert.deepEqual(paths, wanted.sort());
  });

  it('has everything that its package.json names', () => {
    const { nodes, plugins } = manifest['node-red'];
    const named = [manifest.main, manifest.types, ...Object.values(nodes), ...Object.values(plugins)];
    const pages = [...Object.values(nodes), ...Object.values(plugins)].map((path) => path.replace(/\.js$/, '.html'));
    assert.deepEqual(
      [...named, ...pages].filter((path) => !paths.includes(path)),
      [],
    );
  });

  it('requires nothing that it does not depend on', () => {
    const required = new Set<string>();
    for (const path of paths.filter((name) => name.endsWith('.js') && name.startsWith('dist/'))) {
      for (const [, name = ''] of read(path).matchAll(/\b(?:require|import)\("([^."][^"]*)"\)/g)) {
        required.add(name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : (name.split('/')[0] ?? ''));
      }
    }
    const known = Object.keys(manifest.dependencies);
    assert.deepEqual(
      [...required].filter((name) => !name.startsWith('node:') && !known.includes(name)),
      [],
    );
  });

  it('has maps that bring their sources along, and no path of this machine', () => {
    for (const path of paths) {
      const text = read(path);
      assert.ok(
        !text.includes(packageRoot) && !text.includes(`${homedir()}/`),
        `${path} names a folder of this machine`,
      );
      if (!path.endsWith('.js.map')) continue;
      const { sources, sourcesContent } = JSON.parse(text) as { sources: string[]; sourcesContent?: string[] };
      assert.equal(sourcesContent?.length, sources.length, `${path} refers to sources that are not there`);
    }
  });
});
