/** Query parameters and headers as rows of a dialog: a name and a typed value each, or no name and an object of them. */
import { PoolError } from '../../core/errors';
import { isPlainObject, readText, type Settings } from '../settings-readers';
import type { FieldValues, TypedInput } from '../typed-inputs';
import { t } from '../../core/wording';

type Row = readonly [field: string, name: string, empty: boolean];

const NAMELESS = {
  header: () => t`The headers without a name must come from an object; give the row a name or another value.`,
  'query parameter': () =>
    t`The query parameters without a name must come from an object; give the row a name or another value.`,
};

export class NamedValues {
  readonly inputs: readonly TypedInput<string>[];
  readonly #rows: readonly Row[];
  readonly #what: 'header' | 'query parameter';

  /**
   * @param list elements with `name`, `value` and `type`
   * @param what they are, for errors: `query parameter`, `header`
   */
  constructor(list: unknown, what: 'header' | 'query parameter') {
    const rows = (Array.isArray(list) ? (list as unknown[]) : []).filter(isPlainObject);
    this.#what = what;
    this.inputs = rows.map((row, index) => ({
      field: `${what} ${index + 1}`,
      value: row['value'],
      type: typeOf(row),
      template: { code: 'HTTP_INVALID_REQUEST' },
    }));
    this.#rows = rows.map((row, index) => [
      `${what} ${index + 1}`,
      readText(row, 'name'),
      typeOf(row) === 'str' && row['value'] === '',
    ]);
  }

  /** Whether there are no rows. */
  get none(): boolean {
    return this.#rows.length === 0;
  }

  /** Name and value of each; a value that isn't there leaves it out. @throws PoolError `HTTP_INVALID_REQUEST` */
  entries(fields: FieldValues<string>): [string, unknown][] {
    return this.#rows.flatMap(([field, name, empty]): [string, unknown][] => {
      const value = empty ? '' : fields[field];
      if (value === undefined || value === null) return [];
      if (name !== '') return [[name, value]];
      if (isPlainObject(value)) return Object.entries(value);
      const message = NAMELESS[this.#what]();
      throw new PoolError('HTTP_INVALID_REQUEST', message);
    });
  }
}

/** A value that can stand in a query or a header. @throws PoolError `HTTP_INVALID_REQUEST` */
export function plainValue(name: string, value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  throw new PoolError('HTTP_INVALID_REQUEST', t`"${name}" must be text, a number or a boolean, or a list of these.`);
}

/** The same, or a list of such values. */
export function plainValues(
  name: string,
  value: unknown,
): string | number | boolean | readonly (string | number | boolean)[] {
  return Array.isArray(value) ? value.map((one: unknown) => plainValue(name, one)) : plainValue(name, value);
}

function typeOf(row: Settings): string {
  return readText(row, 'type') || 'str';
}
