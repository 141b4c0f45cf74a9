/** A checker for the part of JSON Schema that this project's OpenAPI document uses; anything else in a schema is an error. */
import { isDeepStrictEqual } from 'node:util';

export type Schema = Readonly<Record<string, unknown>>;

/** Keywords that say nothing about the value. */
const NOTES: ReadonlySet<string> = new Set(['description', 'default', 'title']);

/** A value by a pointer such as `#/components/schemas/Error`. */
export function resolvePointer(document: Schema, pointer: string): Schema {
  const parts = pointer.replace(/^#\//, '').split('/');
  const found = parts.reduce<unknown>((value, part) => (value as Schema | undefined)?.[part], document);
  if (typeof found !== 'object' || found === null) throw new Error(`there is no ${pointer}`);
  return found as Schema;
}

/** What is wrong with a value, each with its place; empty when it fits. */
export function violations(document: Schema, schema: Schema, value: unknown, place = '$'): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    const wrong = (what: string) => [`${place} ${what}: ${JSON.stringify(value)?.slice(0, 100)}`];
    const members = isObject(value) ? value : {};
    switch (keyword) {
      case '$ref':
        return violations(document, resolvePointer(document, String(rule)), value, place);
      case 'type':
        return isOfType(value, String(rule)) ? [] : wrong(`is no ${String(rule)}`);
      case 'enum':
        return (rule as unknown[]).some((one) => isDeepStrictEqual(one, value)) ? [] : wrong('is none of the enum');
      case 'const':
        return isDeepStrictEqual(rule, value) ? [] : wrong(`is not ${JSON.stringify(rule)}`);
      case 'minimum':
        return typeof value !== 'number' || value >= Number(rule) ? [] : wrong(`is less than ${String(rule)}`);
      case 'format':
        if (rule !== 'date-time') throw new Error(`unknown format ${String(rule)}`);
        return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(String(value)) ? [] : wrong('is no date-time');
      case 'required':
        return (rule as string[])
          .filter((name) => !Object.hasOwn(members, name))
          .flatMap((name) => wrong(`lacks ${name}`));
      case 'properties':
        return Object.entries(rule as Record<string, Schema>)
          .filter(([name]) => Object.hasOwn(members, name))
          .flatMap(([name, inner]) => violations(document, inner, members[name], `${place}.${name}`));
      case 'additionalProperties': {
        const known = Object.keys((schema['properties'] as object | undefined) ?? {});
        const others = Object.keys(members).filter((name) => !known.includes(name));
        if (rule === false) return others.flatMap((name) => wrong(`has an unknown ${name}`));
        return others.flatMap((name) => violations(document, rule as Schema, members[name], `${place}.${name}`));
      }
      case 'items':
        if (!Array.isArray(value)) return [];
        return value.flatMap((item, index) => violations(document, rule as Schema, item, `${place}[${index}]`));
      case 'oneOf': {
        const fitting = (rule as Schema[]).filter((one) => violations(document, one, value, place).length === 0);
        return fitting.length === 1 ? [] : wrong(`fits ${fitting.length} of the alternatives`);
      }
      default:
        if (NOTES.has(keyword)) return [];
        throw new Error(`unknown keyword ${keyword} in a schema`);
    }
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
