/** Topic names and topic filters: what MQTT allows, and which filters contain or meet each other (MQTT 5.0, 4.7 and 4.8.2). */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

/** The longest UTF-8 string MQTT can carry, in bytes (MQTT 5.0, 1.5.4). */
export const MAX_STRING_BYTES = 65_535;

// NUL and lone surrogates are malformed; for the rest a broker may close the connection (MQTT 5.0, 1.5.4), and with it
// cut off every other node.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff\p{Surrogate}]/u;

/** A topic filter taken apart. */
export interface TopicFilter {
  /** As sent to the broker, with `$share/group/` if it has that. */
  readonly text: string;
  /** The group of a shared subscription. */
  readonly share: string | undefined;
  /** What topics are matched with: the text without `$share/group/`. */
  readonly plain: string;
  readonly levels: readonly string[];
  readonly hasWildcard: boolean;
}

/**
 * Parses a topic filter.
 *
 * @throws PoolError `MQTT_INVALID_FILTER` saying what is wrong with it
 */
export function parseTopicFilter(text: string): TopicFilter {
  const fault = typeof text === 'string' ? (filterFault(text) ?? shareFault(text)) : t`it is not a string`;
  if (fault) throw new PoolError('MQTT_INVALID_FILTER', t`Invalid topic filter ${quote(text)}: ${fault}.`);
  const parts = text.split('/');
  const shared = parts[0] === '$share';
  const levels = shared ? parts.slice(2) : parts;
  const hasWildcard = levels.some((level) => level === '+' || level === '#');
  return { text, share: shared ? parts[1] : undefined, plain: levels.join('/'), levels, hasWildcard };
}

/** Whether some topic matches both filters. */
export function filtersOverlap(one: readonly string[], other: readonly string[]): boolean {
  for (let depth = 0; ; depth += 1) {
    const [a, b] = [one[depth], other[depth]];
    if (a === '#' || b === '#') return depth > 0 || !(a === '#' ? b : a)?.startsWith('$');
    if (a === undefined || b === undefined) {
      const rest = a === undefined ? other : one;
      return rest.length === depth || (rest.length === depth + 1 && rest[depth] === '#');
    }
    if (a !== b && a !== '+' && b !== '+') return false;
    if (depth === 0 && a !== b && (a.startsWith('$') || b.startsWith('$'))) return false;
  }
}

/** What is wrong with a topic name to publish to, or undefined if nothing is (MQTT 5.0, 3.3.2.1 and 4.7.3). */
export function topicNameFault(topic: string): string | undefined {
  if (topic.length === 0) return t`it is empty`;
  if (topic.includes('+') || topic.includes('#')) return t`a topic to publish to has no wildcards (+ or #)`;
  return stringFault(topic);
}

/** What is wrong with any string MQTT carries, or undefined. */
export function stringFault(text: string): string | undefined {
  if (text.length > MAX_STRING_BYTES / 3 && Buffer.byteLength(text) > MAX_STRING_BYTES) {
    return t`it has more than ${MAX_STRING_BYTES} bytes`;
  }
  const found = FORBIDDEN.exec(text);
  if (!found) return undefined;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return t`it contains the character U+${code}, for which brokers close the connection`;
}

function filterFault(text: string): string | undefined {
  if (text.length === 0) return t`it is empty`;
  const levels = text.split('/');
  for (const [index, level] of levels.entries()) {
    if (level === '#' && index !== levels.length - 1) return t`# may stand only at the end`;
    if (level.length > 1 && level.includes('#')) return t`# must fill a whole level`;
    if (level.length > 1 && level.includes('+')) return t`+ must fill a whole level`;
  }
  return stringFault(text);
}

function shareFault(text: string): string | undefined {
  if (text !== '$share' && !text.startsWith('$share/')) return undefined;
  const [, group, ...levels] = text.split('/');
  const form = t`a shared filter is $share/group/filter`;
  if (!group || group === '+' || group === '#') return t`${form}, with a group without wildcards`;
  return levels.length === 0 || (levels.length === 1 && levels[0] === '') ? t`${form}, with a filter` : undefined;
}

/** A text in quotes, shortened for an error message. */
export function quote(text: unknown): string {
  const shown = typeof text === 'string' ? text : String(text);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 77)}…` : shown);
}
