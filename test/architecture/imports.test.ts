/** The house rules that hold the layers apart, read off the real source tree. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

const root = repositoryRoot(__dirname);

/** The layers from the bottom up: each may import itself and those listed. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/core': [],
  'src/drivers': ['src/core'],
  'src/edgex': ['src/core'],
  'src/runtime': ['src/drivers', 'src/edgex', 'src/core'],
  'src/index.ts': ['src/runtime', 'src/drivers', 'src/edgex', 'src/core'],
  'src/editor': ['src/runtime'],
  nodes: ['src/index.ts', 'src/runtime', 'src/drivers', 'src/edgex', 'src/core'],
};

const layers = Object.keys(allowed);
const files = ['src', 'nodes'].flatMap((folder) => sourcesIn(join(root, folder)));

describe('architecture', () => {
  it('finds the sources', () => {
    for (const layer of ['src/core', 'src/drivers', 'src/runtime', 'nodes']) {
      assert.ok(
        files.some((file) => layerOf(file) === layer),
        `no source file in ${layer}`,
      );
    }
  });

  it('imports nothing but types into the editor', () => {
    const editor = files.filter((file) => layerOf(file) === 'src/editor');
    assert.ok(editor.length > 0, 'no source file in src/editor');
    const wrong = editor.flatMap((file) => {
      const rest = withoutComments(readFileSync(join(root, file), 'utf8')).replaceAll(
        /\b(?:import|export)\s+type\b[^;]*;/g,
        '',
      );
      return importsIn(rest)
        .filter((name) => layerOf(relative(root, resolve(root, dirname(file), name))) !== 'src/editor')
        .map((name) => `${file} imports ${name}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('puts every source file into a layer', () => {
    assert.deepEqual(
      files.filter((file) => layerOf(file) === undefined),
      [],
    );
  });

  it('imports one way: nodes -> src/runtime -> src/drivers, src/edgex -> src/core', () => {
    const wrong = files.flatMap((file) => {
      const layer = layerOf(file);
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(root, resolve(root, dirname(file), name)))
        .filter((target) => {
          const other = layerOf(target);
          return layer === undefined || other === undefined || (other !== layer && !allowed[layer]?.includes(other));
        })
        .map((target) => `${file} imports ${target}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps the core to node: builtins', () => {
    const wrong = files
      .filter((file) => layerOf(file) === 'src/core')
      .flatMap((file) => importsOf(file).map((name) => [file, name] as const))
      .filter(([, name]) => !name.startsWith('.') && !isNodeBuiltin(name))
      .map(([file, name]) => `${file} imports ${name}`);
    assert.deepEqual(wrong, []);
  });

  it('keeps Node-RED to src/runtime and nodes', () => {
    const wrong = files
      .filter((file) => !['src/runtime', 'nodes'].includes(layerOf(file) ?? ''))
      .filter((file) => importsOf(file).some((name) => /^(@node-red\/|node-red(\/|$))/.test(name)));
    assert.deepEqual(wrong, []);
  });

  it('never names a protocol in the core', () => {
    const wrong = files
      .filter((file) => layerOf(file) === 'src/core')
      .filter((file) => /\b(mqtt|redis|amqp)\b/i.test(withoutComments(readFileSync(join(root, file), 'utf8'))));
    assert.deepEqual(wrong, []);
  });

  it('keeps every source file within 400 lines', () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 400);
    assert.deepEqual(long, []);
  });
});

/** The tests run compiled, from a folder below the repository. */
function repositoryRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    assert.notEqual(folder, dirname(folder), `no package.json above ${from}`);
    folder = dirname(folder);
  }
  return folder;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?ts$/.test(name))
    .map((name) => relative(root, join(folder, name)))
    .sort();
}

function layerOf(path: string): string | undefined {
  return layers.find((layer) => path === layer || `${path}.ts` === layer || path.startsWith(`${layer}/`));
}

/** What a file imports, re-exports or requires, types too. */
function importsOf(file: string): string[] {
  return importsIn(withoutComments(readFileSync(join(root, file), 'utf8')));
}

function importsIn(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*|\brequire\s*\(\s*)(['"])(.+?)\1/g);
  return [...found].map((match) => match[2] ?? '');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

function isNodeBuiltin(name: string): boolean {
  return name.startsWith('node:') && builtinModules.includes(name.slice('node:'.length));
}
