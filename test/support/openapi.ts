/** The OpenAPI document of the admin API, and whether an answer is as it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { resolvePointer, type Schema, violations } from './json-schema';
import { packageRoot } from './package-root';

export const METHODS = ['get', 'post', 'put', 'delete', 'patch'] as const;

export const openApi = parse(readFileSync(join(packageRoot, 'resources', 'openapi.yaml'), 'utf8')) as Schema & {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
};

/** The path of the document that a path of a request is an instance of. */
export function describedPath(path: string): string {
  const [plain = ''] = path.split('?');
  const fits = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(`/${plain}`);
  const found = Object.keys(openApi.paths).find(fits);
  if (found === undefined) throw new Error(`the OpenAPI document has no path for ${path}`);
  return found;
}

function resolved(part: unknown): Schema {
  const schema = (part ?? {}) as Schema;
  return typeof schema['$ref'] === 'string' ? resolvePointer(openApi, schema['$ref']) : schema;
}

/** What is not as the document says of this answer; empty when all is. `path` is the one of the document. */
export function answerProblems(method: string, path: string, status: number, body: unknown): string[] {
  const operation = openApi.paths[path]?.[method.toLowerCase()];
  const responses = operation?.['responses'] as Schema | undefined;
  const described = responses?.[String(status)] ?? responses?.['default'];
  if (described === undefined) return [`${method} ${path} has no response ${status}`];
  const content = resolved(described)['content'] as Record<string, { readonly schema: Schema }> | undefined;
  const json = content?.['application/json'];
  if (!json) return body === undefined ? [] : [`${method} ${path} ${status} has a JSON body`];
  return violations(openApi, json.schema, body).map((one) => `${method} ${path} ${status}: ${one}`);
}
