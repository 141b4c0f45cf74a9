/** From the pages of a poll to the messages of a source: one, one for each page, or one for each element. */
import type { HttpSourceSettings } from './http-source-settings';
import type { Page } from './poll';

/** No payload: none in the answer, or an answer without any. */
const NOTHING: ReadonlySet<unknown> = new Set([undefined, null, '']);

type Message = Record<string, unknown>;

/**
 * @param base what every message has besides
 * @param property a property of a message by its path
 * @param id of the sequence
 */
export function pollMessages(
  pages: readonly Page[],
  { each, items, paging }: Pick<HttpSourceSettings, 'each' | 'items' | 'paging'>,
  base: Message,
  property: (message: object, path: string) => unknown,
  id: string,
): Message[] {
  const messages = pages.flatMap(({ fields }): Message[] => {
    if (!each) return [{ ...base, ...fields }];
    const found = property(fields, items);
    // What is no array is an element itself, and nothing is none.
    const list = Array.isArray(found) ? (found as unknown[]) : NOTHING.has(found) ? [] : [found];
    return list.map((payload) => ({ ...base, ...fields, payload }));
  });
  if (!each && paging === 'none') return messages;
  const count = messages.length;
  return messages.map((message, index) => ({ ...message, parts: { id, index, count, type: 'array', len: 1 } }));
}
