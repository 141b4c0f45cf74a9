/** Where the next page of an answer is: in its `Link` header (RFC 8288), or in a property of it. */
import type { HttpResponse } from '../../drivers/http/session';

/** A URL or a path: kept as it is. Anything else is a mark for the parameter. */
const PLACE = /^(https?:\/\/|\/|\?|\.)/i;

/** The URL of the next page from `Link: <…>; rel="next"`; undefined when there is none. */
export function nextByLink({ headers, url }: HttpResponse): string | undefined {
  const given = headers['link'];
  const text = Array.isArray(given) ? given.join(', ') : (given ?? '');
  for (const [, target = '', parameters = ''] of text.matchAll(/<([^>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g)) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(parameters);
    const kinds = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/);
    if (kinds.includes('next')) return resolved(target, url);
  }
  return undefined;
}

/**
 * The URL of the next page from what a property says: a URL, a path, or a mark that goes into a query parameter.
 *
 * @param parameter of the query, for marks; empty for none
 */
export function nextByProperty(value: unknown, parameter: string, { url }: HttpResponse): string | undefined {
  if (typeof value === 'number' && parameter !== '') return withParameter(url, parameter, String(value));
  if (typeof value !== 'string' || value === '') return undefined;
  if (parameter === '' || PLACE.test(value)) return resolved(value, url);
  return withParameter(url, parameter, value);
}

function resolved(target: string, base: string): string | undefined {
  return URL.canParse(target, base) ? new URL(target, base).href : undefined;
}

function withParameter(url: string, parameter: string, value: string): string {
  const next = new URL(url);
  next.searchParams.set(parameter, value);
  return next.href;
}
