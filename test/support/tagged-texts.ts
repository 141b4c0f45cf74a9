/**
 * Finds the texts that the runtime says, where they are written: templates with the tag t, as the keys under which
 * catalogues have their translations ("The topic {0} is empty.").
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root';

export interface TaggedText {
  readonly file: string;
  readonly key: string;
}

/** All of the sources, also those within places of others. */
export function taggedTexts(): TaggedText[] {
  return readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => {
      const text = readFileSync(join(packageRoot, 'src', name), 'utf8');
      return keysIn(text).map((key) => ({ file: join('src', name), key }));
    });
}

/** The keys of the tagged templates in a source text. */
export function keysIn(source: string): string[] {
  const found: string[] = [];
  for (const { index } of source.matchAll(/(?<![\w$.])t`/g)) {
    if (!isInComment(source, index)) found.push(readTemplate(source, index + 2).key);
  }
  return found;
}

function isInComment(source: string, index: number): boolean {
  const line = source.slice(source.lastIndexOf('\n', index) + 1, index);
  return /^\s*(\/\/|\/?\*)/.test(line);
}

/** From behind the opening backtick: the key, and where the template ends. */
function readTemplate(source: string, start: number): { readonly key: string; readonly end: number } {
  let key = '';
  let places = 0;
  let at = start;
  while (source[at] !== '`') {
    if (at >= source.length) throw new Error('A template has no end.');
    if (source[at] === '\\') {
      key += source[at + 1] ?? '';
      at += 2;
    } else if (source.startsWith('${', at)) {
      key += `{${places}}`;
      places += 1;
      at = endOfPlace(source, at + 2);
    } else {
      key += source[at] ?? '';
      at += 1;
    }
  }
  return { key, end: at + 1 };
}

/** From behind "${" to behind the brace that closes it. */
function endOfPlace(source: string, start: number): number {
  let depth = 1;
  let at = start;
  while (depth > 0) {
    const character = source[at];
    if (character === undefined) throw new Error('A place in a template has no end.');
    if (character === '`') {
      at = readTemplate(source, at + 1).end;
      continue;
    }
    if (character === "'" || character === '"') {
      at = source.indexOf(character, at + 1) + 1;
      continue;
    }
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    at += 1;
  }
  return at;
}
