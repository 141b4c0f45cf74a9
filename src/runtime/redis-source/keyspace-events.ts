/** Keyspace events: which subscriptions bring them, and whether the server sends them at all. */
import { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type { SubscribeRequest } from '../../drivers/redis/subscribing';

/**
 * By key where a pattern chooses keys, by event where only events are chosen: the server sends less then.
 *
 * @param pattern of keys; `*` for all
 * @param events wanted; empty for all
 */
export function keyspaceSubscriptions(
  pattern: string,
  events: readonly string[],
  database: number,
): readonly SubscribeRequest[] {
  if (pattern !== '*' || events.length === 0) {
    return [{ kind: 'pattern', name: `__keyspace@${database}__:${pattern}` }];
  }
  return events.map((event) => ({ kind: 'pattern', name: `__keyevent@${database}__:${escapeGlob(event)}` }));
}

export type KeyspaceSetting =
  | { readonly kind: 'on' }
  /** The server doesn't send them, or not these. */
  | { readonly kind: 'off'; readonly setting: string }
  /** It doesn't tell whether it does. */
  | { readonly kind: 'unknown'; readonly error: PoolError };

/** Asks the server for `notify-keyspace-events`. Never rejects. */
export async function checkKeyspaceEvents(
  session: RedisSession,
  pattern: string,
  events: readonly string[],
): Promise<KeyspaceSetting> {
  try {
    const reply = await session.run({ name: 'CONFIG', args: ['GET', 'notify-keyspace-events'] });
    const setting = Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : '';
    return isEnough(setting, pattern, events) ? { kind: 'on' } : { kind: 'off', setting };
  } catch (thrown) {
    return { kind: 'unknown', error: PoolError.from(thrown) };
  }
}

/** @param setting letters of `notify-keyspace-events` as the server gives them, such as `AKE` */
export function isEnough(setting: string, pattern: string, events: readonly string[]): boolean {
  const byEvent = pattern === '*' && events.length > 0;
  if (!setting.includes(byEvent ? 'E' : 'K')) return false;
  const classes = setting.replace(/[KE]/g, '').replace('A', 'g$lshzxetd');
  if (events.length === 0) return classes !== '';
  return events.every((event) => {
    const wanted = CLASSES.find(([names]) => names.test(event))?.[1];
    return wanted === undefined ? classes !== '' : classes.includes(wanted);
  });
}

/** The class of the events that have one of their own; the others follow from the type of the key. */
const CLASSES: readonly (readonly [names: RegExp, letter: string])[] = [
  [/^expired$/, 'x'],
  [/^evicted$/, 'e'],
  [/^keymiss$/, 'm'],
  [/^new$/, 'n'],
  [/^(del|expire|persist|rename_from|rename_to|move_from|move_to|copy_to|restore)$/, 'g'],
  [/^(set|setrange|append|incrby|incrbyfloat)$/, '$'],
  [/^(lpush|rpush|lpop|rpop|linsert|lset|lrem|ltrim)$/, 'l'],
  [/^h(set|incrby|incrbyfloat|del|expire|persist|expired)$/, 'h'],
  [/^(sadd|srem|spop|sinterstore|sunionstore|sdiffstore)$/, 's'],
  [/^z/, 'z'],
  [/^x/, 't'],
];

function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}
