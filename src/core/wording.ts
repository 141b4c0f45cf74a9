/**
 * The words of the runtime in its language. A text is written where it is needed, in English: t`The topic ${topic} is
 * empty.` Its English text with the places numbered ("The topic {0} is empty.") is the key of its translation, in which
 * the places may stand in another order.
 */

/** Translations by English text. */
export type Catalogue = Readonly<Record<string, string>>;

const ENGLISH: Catalogue = {};
let spoken = ENGLISH;

/** Has all texts from now on made of this catalogue, in the whole process; without one, or for a key it lacks: English. */
export function speak(catalogue = ENGLISH): void {
  spoken = catalogue;
}

/** The text in the language that is spoken now: never for what is made before the language is known, at load. */
export function t(english: TemplateStringsArray, ...values: readonly (string | number | bigint | undefined)[]): string {
  if (spoken === ENGLISH) return String.raw({ raw: english }, ...values);
  const key = english.reduce((before, after, index) => `${before}{${index - 1}}${after}`);
  const translated = Object.hasOwn(spoken, key) ? spoken[key] : undefined;
  if (translated === undefined) return String.raw({ raw: english }, ...values);
  return translated.replace(/\{(\d+)\}/g, (place, index: string) =>
    Number(index) < values.length ? String(values[Number(index)]) : place,
  );
}

/** A sentence as part of another: without its full stop. */
export function clause(sentence: string): string {
  return sentence.replace(/[.。]\s*$/, '');
}
