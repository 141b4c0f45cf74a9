/**
 * What the dialog of a node type calls a property, in the language of the runtime: errors name what people see. Dialogs
 * have their labels in the catalogue of the type, under the name of the property.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { t } from '../core/wording';
import { LOCALES, spokenLanguage } from './language';
import type { Catalogue } from './texts';

/** Labels by language and type, read when they are first needed. */
const known = new Map<string, Catalogue>();

/**
 * The label with the name of the property, for those who write flow JSON: "Base URL (baseUrl)". Just one of them where
 * they are the same word, or there is no label.
 *
 * @param types the node types whose dialogs may have it, the likeliest first
 */
export function settingName(property: string, types: readonly string[]): string {
  // Birth, close and will message have the same fields.
  const short = property.replace(/^(?:birth|close|will)([A-Z])/, (_, first: string) => first.toLowerCase());
  for (const type of types) {
    const labels = labelsOf(type);
    const key = [property, short].find((one) => Object.hasOwn(labels, one));
    const label = key && labels[key];
    if (typeof label !== 'string') continue;
    return label.toLowerCase() === property.toLowerCase() ? label : t`${label} (${property})`;
  }
  return property;
}

function labelsOf(type: string): Catalogue {
  const language = spokenLanguage();
  const key = `${language}/${type}`;
  const labels = known.get(key) ?? read(language, type);
  known.set(key, labels);
  return labels;
}

function read(language: string, type: string): Catalogue {
  try {
    const catalogue = JSON.parse(readFileSync(join(LOCALES, language, `${type}.json`), 'utf8')) as Catalogue;
    const texts = catalogue[type];
    const labels = typeof texts === 'object' ? texts['label'] : undefined;
    return typeof labels === 'object' ? labels : {};
  } catch {
    return {};
  }
}
