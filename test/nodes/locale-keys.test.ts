/**
 * Every text the editor shows is in the catalogue, and the catalogue holds nothing else: a missing key shows as empty
 * text, not as an error.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorDialog, editorTypes as FILES, PLUGIN } from '../support/editor-dialog';
import { packageRoot } from '../support/package-root';

const NODES = join(packageRoot, 'nodes');
const LOCALES = join(NODES, 'locales');
const LANGUAGES = readdirSync(LOCALES);

/** Groups of the catalogue whose texts the runtime looks up, by keys put together at run time. */
const RUNTIME_GROUPS = ['status', 'errors'];

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

/** The keys of a catalogue, dotted, without the name of the file at the front. */
function keysOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([key, item]) => keysOf(item, prefix ? `${prefix}.${key}` : key));
}

function catalogue(language: string, file: string): string[] {
  const parsed = JSON.parse(read(LOCALES, language, `${file}.json`)) as Record<string, unknown>;
  assert.deepEqual(Object.keys(parsed), [file], 'the catalogue has one root, the name of its file');
  return keysOf(parsed[file]);
}

/**
 * The keys that an html file uses: in `data-i18n` attributes, those of the parts it has put in, too, and as string
 * literals in its script and in the methods of the dialog that it calls.
 */
function keysUsed(file: string): { readonly attributes: string[]; readonly literals: string[] } {
  const plain = read(NODES, `${file}.html`);
  const dialog = editorDialog(file);
  const html = dialog.withParts(plain);
  const attributes = [...html.matchAll(/data-i18n="([^"]+)"/g)].flatMap(([, value = '']) =>
    value.split(';').map((one) => one.replace(/^\[\w+\]/, '')),
  );
  const script = html.slice(html.lastIndexOf('<script type="text/javascript">'));
  const groups = new Set(catalogue('en-US', file).map((key) => key.split('.')[0]));
  const literals = [...script.matchAll(/'(\w+)(\.[\w.-]+)'/g)]
    .filter(([, group]) => groups.has(group))
    .map(([, group = '', rest = '']) => group + rest);
  const offersTemplates = script.includes("'template'");
  const shared = dialog.keysOfMethods(script).filter((key) => offersTemplates || !key.endsWith('.template'));
  return { attributes, literals: [...literals, ...shared] };
}

/** All string literals of the TypeScript that may look texts up. */
function runtimeLiterals(): Set<string> {
  const sources = ['src/runtime', 'src/drivers/mqtt', 'src/drivers/redis', 'src/core', 'nodes'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => read(packageRoot, folder, name)),
  );
  return new Set(
    sources.flatMap((source) => [...source.matchAll(/['`]([\w.-]+)['`]/g)].map(([, literal = '']) => literal)),
  );
}

/**
 * The keys that the tools of the editor use, as string literals; what a template fills in may be anything, and plurals
 * are the forms of one key.
 */
function keysOfTools(): RegExp[] {
  const source = [join(packageRoot, 'src', 'editor'), join(packageRoot, 'resources', 'dialogs')]
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.m?[jt]s$/.test(name))
        .map((name) => read(folder, name)),
    )
    .join('\n');
  const groups = [...new Set(catalogue('en-US', PLUGIN).map((key) => key.split('.')[0]))].join('|');
  const literals = source.matchAll(new RegExp(`['\`]((?:${groups})\\.(?:[\\w.-]|\\$\\{[^}]*\\})+)['\`]`, 'g'));
  return [...literals].map(([, key = '']) => {
    const pattern = key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[\\w-]+');
    return new RegExp(`^${pattern}(\\.(one|other))?$`);
  });
}

describe('the texts of the tools in the editor', () => {
  const known = catalogue('en-US', PLUGIN);

  it('exist', () => {
    const used = keysOfTools();
    assert.ok(used.length > 0, 'no key found at all');
    assert.deepEqual(
      used.filter((pattern) => !known.some((key) => pattern.test(key))),
      [],
    );
  });

  it('are all used', () => {
    const used = keysOfTools();
    assert.deepEqual(
      known.filter((key) => !used.some((pattern) => pattern.test(key))),
      [],
    );
  });

  it('have a plural where they have a singular', () => {
    const forms = known.filter((key) => /\.(one|other)$/.test(key)).map((key) => key.replace(/\.\w+$/, ''));
    assert.deepEqual(
      forms.filter((key) => !known.includes(`${key}.one`) || !known.includes(`${key}.other`)),
      [],
    );
  });
});

describe('the texts of the editor', () => {
  for (const file of FILES) {
    it(`${file}.html uses only keys that exist`, () => {
      const known = new Set(catalogue('en-US', file));
      const { attributes, literals } = keysUsed(file);
      const used = [...attributes.map((key) => key.replace(`${file}.`, '')), ...literals];
      assert.ok(used.length > 0, 'no key found at all');
      assert.deepEqual(
        used.filter((key) => !known.has(key)),
        [],
      );
    });

    it(`${file}.html refers to its own catalogue`, () => {
      const { attributes } = keysUsed(file);
      assert.deepEqual(
        attributes.filter((key) => !key.startsWith(`${file}.`)),
        [],
      );
      const own = `window.edgepoolDialog('${file}')`;
      assert.ok(read(NODES, `${file}.html`).includes(own), `${own} not found`);
    });

    it(`the catalogue of ${file} has no key that nothing uses`, () => {
      const { attributes, literals } = keysUsed(file);
      const used = new Set([...attributes.map((key) => key.replace(`${file}.`, '')), ...literals]);
      const inRuntime = runtimeLiterals();
      const isUsedByRuntime = (key: string): boolean => {
        const group = key.split('.')[0] ?? '';
        const last = key.split('.').at(-1) ?? '';
        // Codes of the operating system and of TLS come from there, not from a literal of ours.
        const isForeignCode = key.startsWith('status.reasons.') && !last.startsWith('MQTT_');
        return RUNTIME_GROUPS.includes(group) && (inRuntime.has(key) || inRuntime.has(last) || isForeignCode);
      };
      assert.deepEqual(
        catalogue('en-US', file).filter((key) => !used.has(key) && !isUsedByRuntime(key)),
        [],
      );
    });

    it(`${file} has a help text`, () => {
      assert.match(read(LOCALES, 'en-US', `${file}.html`), new RegExp(`data-help-name="${file}">\\s*<p>`));
    });
  }

  // Whether a translation is complete is told where all texts are compared: what it lacks shows in English.
  for (const language of LANGUAGES.filter((one) => one !== 'en-US')) {
    for (const file of [...FILES, PLUGIN].filter((one) => existsSync(join(LOCALES, language, `${one}.json`)))) {
      it(`${language} has no key for ${file} that en-US lacks`, () => {
        const english = new Set(catalogue('en-US', file));
        assert.deepEqual(
          catalogue(language, file).filter((key) => !english.has(key)),
          [],
        );
      });
    }
  }
});
