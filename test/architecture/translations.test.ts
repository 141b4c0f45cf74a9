/** Every language has every text: the runtime's, those of the nodes' catalogues, and the help. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/package-root';
import { keysIn, taggedTexts } from '../support/tagged-texts';

/** Those that are complete. */
const LANGUAGES: readonly string[] = ['de', 'ja', 'zh-CN'];
const ENGLISH = 'en-US';
/** A text that has one of these is no name, unit or example. */
const ENGLISH_WORDS = /\b(a|an|the|of|or|and|not|no|to|with|from|by|as|at) [a-z]/;
const locales = join(packageRoot, 'nodes', 'locales');

interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

describe('the translations', () => {
  it('are found by their English texts', () => {
    assert.deepEqual(keysIn("return t`No ${a ? t`x ${`}`}` : '}'} here`; // t`not this`"), [
      'No {0} here',
      'x {0}',
      'not this',
    ]);
    assert.deepEqual(keysIn('/** t`not this` */\n// t`nor this`\nnot`this`'), []);
    assert.ok(taggedTexts().length > 700);
  });

  for (const language of LANGUAGES) {
    describe(language, () => {
      it('has all texts of the runtime, and no others', () => {
        const translated = Object.keys(read(join(language, 'messages.json')));
        const keys = [...new Set(taggedTexts().map(({ key }) => key))];
        assert.deepEqual(differences(keys, translated), { missing: [], stale: [] });
      });

      it('has the places of each text of the runtime', () => {
        const messages = Object.entries(read(join(language, 'messages.json')) as Record<string, string>);
        const wrong = messages.filter(([key, text]) => !sameWords(key, text, /\{\d+\}/g) || text === '');
        assert.deepEqual(wrong, []);
      });

      for (const file of englishFiles('.json')) {
        it(`has all texts of ${file}, with their places`, () => {
          const english = texts(read(join(ENGLISH, file)));
          const translated = texts(read(join(language, file)));
          assert.deepEqual(differences([...english.keys()], [...translated.keys()]), { missing: [], stale: [] });
          const wrong = [...english].filter(([key, text]) => {
            const other = translated.get(key) ?? '';
            return !sameWords(text, other, /__\w+?__/g) || (text !== '' && other === '');
          });
          assert.deepEqual(wrong, []);
        });
      }

      it('has left no English words as they are', () => {
        const same = englishFiles('.json').flatMap((file) => {
          const english = texts(read(join(ENGLISH, file)));
          return [...texts(read(join(language, file)))].filter(([key, text]) => english.get(key) === text);
        });
        const runtime = [...texts(read(join(language, 'messages.json')))].filter(([key, text]) => key === text);
        assert.deepEqual(
          [...same, ...runtime].filter(([, text]) => ENGLISH_WORDS.test(text)),
          [],
        );
      });

      for (const file of englishFiles('.html')) {
        it(`has the help of ${file}, built alike and with the same code words`, () => {
          assert.ok(existsSync(join(locales, language, file)), 'there is no such file');
          const english = readFileSync(join(locales, ENGLISH, file), 'utf8');
          const translated = readFileSync(join(locales, language, file), 'utf8');
          assert.deepEqual(outline(translated), outline(english));
          assert.deepEqual(codeWords(translated), codeWords(english));
        });
      }
    });
  }
});

function read(path: string): Catalogue {
  return JSON.parse(readFileSync(join(locales, path), 'utf8')) as Catalogue;
}

function englishFiles(ending: string): string[] {
  return readdirSync(join(locales, ENGLISH)).filter((name) => name.endsWith(ending));
}

/** The texts of a catalogue by their paths. */
function texts(catalogue: Catalogue, above = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    const path = above === '' ? key : `${above}.${key}`;
    if (typeof value === 'string') found.set(path, value);
    else for (const [inner, text] of texts(value, path)) found.set(inner, text);
  }
  return found;
}

function differences(expected: readonly string[], present: readonly string[]) {
  return {
    missing: expected.filter((key) => !present.includes(key)),
    stale: present.filter((key) => !expected.includes(key)),
  };
}

function sameWords(one: string, other: string, pattern: RegExp): boolean {
  const words = (text: string) => [...new Set(text.match(pattern) ?? [])].sort().join(' ');
  return words(one) === words(other);
}

/** Headings and terms; properties have their names in all languages. */
function outline(help: string): string[] {
  return [...help.matchAll(/<(script [^>]*|h[34]|dt[^>]*)>([^<]*)(<span)?/g)].map(([, tag = '', name = '', type]) =>
    type === undefined ? tag : `${tag}: ${name.trim()}`,
  );
}

function codeWords(help: string): string[] {
  return [...help.matchAll(/<code>(.*?)<\/code>/gs)].map(([, word = '']) => word).sort();
}
