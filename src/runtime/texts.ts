/**
 * Texts of a node in the runtime's language. The catalogue may be absent (a test helper) or lack a key (a translation
 * that is behind): the English text stands in, and a raw key is never shown.
 */

import { speakLanguageOf } from './language';

/** A message catalogue, as its JSON file holds it. */
export interface Catalogue {
  readonly [key: string]: string | Catalogue;
}

export type TextValues = Readonly<Record<string, string | number>>;

/** `RED._` */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

export interface Texts {
  /** The text of a key such as `status.waiting`, its `__name__` places filled in. */
  text(key: string, values?: TextValues): string;
  /** The same, or undefined when not even English knows the key. */
  find(key: string, values?: TextValues): string | undefined;
}

/**
 * Has the runtime speak the language of these texts from now on.
 *
 * @param root the object of the catalogue that holds the texts: the node's type, by convention
 * @param english the whole English catalogue
 */
export function nodeTexts(translate: Translate, root: string, english: Catalogue): Texts {
  speakLanguageOf(translate, firstKey(english));
  const find = (key: string, values: TextValues = {}): string | undefined => {
    const path = `${root}.${key}`;
    const template = lookUp(english, path);
    if (template === undefined) return undefined;
    const translated = translate(path, { ...values });
    return translated && !translated.endsWith(path) ? translated : fillIn(template, values);
  };
  return { find, text: (key, values) => find(key, values) ?? key };
}

function firstKey(catalogue: Catalogue): string {
  const [key, inner] = Object.entries(catalogue)[0] ?? ['', ''];
  return typeof inner === 'string' ? key : `${key}.${firstKey(inner)}`;
}

function lookUp(catalogue: Catalogue, path: string): string | undefined {
  let found: string | Catalogue | undefined = catalogue;
  for (const part of path.split('.')) {
    if (found === undefined || typeof found === 'string') return undefined;
    found = Object.hasOwn(found, part) ? found[part] : undefined;
  }
  return typeof found === 'string' ? found : undefined;
}

function fillIn(template: string, values: TextValues): string {
  return template.replace(/__(\w+?)__/g, (place, name: string) => String(values[name] ?? place));
}
