/**
 * Topics of the EdgeX bus between MQTT and Redis (go-mod-messaging v2 and v3): `/` is `.`, both wildcards are `*`. As the `*`
 * of Redis crosses levels, what a pattern lets through has to be filtered again: `channelMatches`.
 */
import { edgexError, quoted } from './fault';
import { t } from '../core/wording';

/**
 * The Redis channel to publish a topic on.
 *
 * @throws PoolError `EDGEX_INVALID_TOPIC`
 */
export function toRedisChannel(topic: string): string {
  checkTopic(topic);
  return topic.replaceAll('/', '.');
}

/** The topic a message on this Redis channel was published to. A dot that was in a name is a level now, as in EdgeX. */
export function fromRedisChannel(channel: string): string {
  return channel.replaceAll('.', '/');
}

/**
 * The patterns to PSUBSCRIBE for a filter. `a/#` needs two, as it includes `a`. Characters that mean something in a Redis
 * pattern are escaped.
 *
 * @throws PoolError `EDGEX_INVALID_TOPIC`
 */
export function toRedisPatterns(filter: string): string[] {
  checkFilter(filter);
  const pattern = (levels: readonly string[]) => levels.map(levelPattern).join('.');
  const levels = filter.split('/');
  if (levels.length > 1 && levels.at(-1) === '#') return [pattern(levels), pattern(levels.slice(0, -1))];
  return [pattern(levels)];
}

function levelPattern(level: string): string {
  return level === '+' || level === '#' ? '*' : level.replaceAll(/[*?[\]\\]/g, (special) => `\\${special}`);
}

/** Whether a message on this Redis channel is meant by the filter; dots within the filter's names are levels here, too. */
export function channelMatches(filter: string, channel: string): boolean {
  return topicMatches(fromRedisChannel(filter), fromRedisChannel(channel));
}

/** Whether an MQTT filter (`+`, `#`) means a topic (MQTT 5.0, 4.7). */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  const isInternal = topic.startsWith('$');
  for (const [depth, level] of wanted.entries()) {
    if (isInternal && depth === 0 && (level === '+' || level === '#')) return false;
    if (level === '#') return depth === wanted.length - 1;
    if (depth >= levels.length || (level !== '+' && level !== levels[depth])) return false;
  }
  return wanted.length === levels.length;
}

/**
 * Refuses what is no topic to publish to.
 *
 * @throws PoolError `EDGEX_INVALID_TOPIC`
 */
export function checkTopic(topic: string): void {
  const why = /[+#]/.test(topic) ? t`a topic to publish to has no wildcards (+ or #)` : textFault(topic);
  if (why) throw invalid(t`topic`, topic, why);
}

/**
 * Refuses what is no topic filter.
 *
 * @throws PoolError `EDGEX_INVALID_TOPIC`
 */
export function checkFilter(filter: string): void {
  const levels = filter.split('/');
  const why =
    textFault(filter) ?? levels.map((level, depth) => levelFault(level, depth === levels.length - 1)).find(Boolean);
  if (why) throw invalid(t`topic filter`, filter, why);
}

function levelFault(level: string, isLast: boolean): string | undefined {
  if (level === '#') return isLast ? undefined : t`# is allowed as the last level only`;
  if (level === '$share') return t`the bus has no shared subscriptions`;
  return level !== '+' && /[+#]/.test(level) ? t`a wildcard (+ or #) has to be a whole level` : undefined;
}

function textFault(text: string): string | undefined {
  if (text === '') return t`it is empty`;
  if (/[\u0000-\u001f\u007f-\u009f\p{Surrogate}]/u.test(text)) return t`it has a control character or half a character`;
  return Buffer.byteLength(text) > 65_535 ? t`it is longer than 65 535 bytes` : undefined;
}

function invalid(what: string, text: string, why: string) {
  return edgexError('EDGEX_INVALID_TOPIC', t`Invalid ${what} ${quoted(text)}: ${why}.`);
}
