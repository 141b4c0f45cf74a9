/**
 * The texts of the editor, from the catalogue of the plugin in the user's language. Places are filled in here and not by
 * the editor, which would look for places in the values, too; its ways of plurals differ from version to version.
 */

export type TextValues = Readonly<Record<string, string | number>>;

/** Looking texts up and making formats takes long, for what is done for hundreds of rows; the language stays. */
const found = new Map<string, string | undefined>();
const formats = new Map<number, Intl.NumberFormat>();
let plurals: Intl.PluralRules | undefined;

const CATALOGUE = '@edgepool/node-red-connection-pool/connection-pool:connection-pool';

/** The text of a key such as `action.show`, its `__name__` places filled in. */
export function text(key: string, values: TextValues = {}): string {
  return fillIn(find(key) ?? key, values);
}

/** The same for a key that may not exist. */
export function textIfKnown(key: string): string | undefined {
  return find(key);
}

/** The text for a number of things, which is the value `__count__`: of `key.one` or `key.other`, as the language has it. */
export function counted(key: string, count: number, values: TextValues = {}): string {
  plurals ??= new Intl.PluralRules(language());
  const form = `${key}.${plurals.select(count)}`;
  return fillIn(find(form) ?? find(`${key}.other`) ?? key, { count: formatNumber(count), ...values });
}

/** A number as the user's language writes it. */
export function formatNumber(value: number, maximumFractionDigits = 3): string {
  const format = formats.get(maximumFractionDigits) ?? new Intl.NumberFormat(language(), { maximumFractionDigits });
  formats.set(maximumFractionDigits, format);
  return format.format(value);
}

export function fillIn(template: string, values: TextValues): string {
  return template.replace(/__(\w+?)__/g, (place, name: string) => String(values[name] ?? place));
}

/** Undefined when there is no such text: the editor gives back the key then. */
function find(key: string): string | undefined {
  if (!found.has(key)) found.set(key, lookUp(key));
  return found.get(key);
}

function lookUp(key: string): string | undefined {
  const template = RED._(`${CATALOGUE}.${key}`, { skipInterpolation: true });
  return template === '' || template.endsWith(`connection-pool.${key}`) ? undefined : template;
}

/** One that `Intl` can't do without: what a user has set in the browser is not always a language. */
function language(): string {
  try {
    return Intl.getCanonicalLocales(RED.i18n.lang())[0] ?? 'en-US';
  } catch {
    return 'en-US';
  }
}
