/**
 * The language of the runtime's own words (errors, log lines, reasons): the one in which Node-RED found the texts of the
 * first node, so that both always agree. Its catalogue lies beside those of the nodes; no other is read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Catalogue, speak } from '../core/wording';
import type { Translate } from './texts';

export const LOCALES = join(__dirname, '..', '..', 'nodes', 'locales');

let current: string | undefined;

/**
 * @param translate `RED._`
 * @param key of any text that the catalogue of the node has
 */
export function speakLanguageOf(translate: Translate, key: string): void {
  const language = languageOf(translate, key);
  if (language === undefined || language === current) return;
  current = language;
  speak(readCatalogue(language) ?? readCatalogue(language.split('-')[0] ?? ''));
}

/** The folder of the catalogues that Node-RED uses; English before the first node. */
export function spokenLanguage(): string {
  return current ?? 'en-US';
}

/** By settings.js or the environment, and by what there are catalogues for; undefined when there are none (tests). */
function languageOf(translate: Translate, key: string): string | undefined {
  // i18next tells by itself where it found the text, if it is asked to.
  const found: unknown = (translate as (key: string, options: object) => unknown)(key, { returnDetails: true });
  if (typeof found !== 'object' || found === null || !('usedLng' in found)) return undefined;
  return typeof found.usedLng === 'string' && /^[a-z-]+$/i.test(found.usedLng) ? found.usedLng : undefined;
}

/** Undefined for a language that has none, such as English, in which the texts are written. */
function readCatalogue(language: string): Catalogue | undefined {
  try {
    return JSON.parse(readFileSync(join(LOCALES, language, 'messages.json'), 'utf8')) as Catalogue;
  } catch {
    return undefined;
  }
}
