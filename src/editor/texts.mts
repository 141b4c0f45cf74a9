/**
 * The texts of the editor, from the catalogue of the plugin in the user's language. Places are filled in here and not by
 * the editor, which would look for places in the values, too; its ways of plurals differ from version to version.
 */

export type TextValues = Readonly<Record<string, string | number>>;

const CATALOGUE = '@edgepool/node-red-connection-pool/connection-pool:connection-pool';

/** The text of a key such as `action.show`, its `__name__` places filled in. */
export function text(key: string, values: TextValues = {}): string {
  return fillIn(find(key) ?? key, values);
}

/** The text for a number of things, which is the value `__count__`: of `key.one` or `key.other`, as the language has it. */
export function counted(key: string, count: number, values: TextValues = {}): string {
  const form = `${key}.${new Intl.PluralRules(language()).select(count)}`;
  return fillIn(find(form) ?? find(`${key}.other`) ?? key, { count: formatNumber(count), ...values });
}

/** A number as the user's language writes it. */
export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(language(), options).format(value);
}

export function fillIn(template: string, values: TextValues): string {
  return template.replace(/__(\w+?)__/g, (place, name: string) => String(values[name] ?? place));
}

/** Undefined when there is no such text: the editor gives back the key then. */
function find(key: string): string | undefined {
  const found = RED._(`${CATALOGUE}.${key}`, { skipInterpolation: true });
  return found === '' || found.endsWith(`connection-pool.${key}`) ? undefined : found;
}

/** One that `Intl` can't do without: what a user has set in the browser is not always a language. */
function language(): string {
  try {
    return Intl.getCanonicalLocales(RED.i18n.lang())[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
