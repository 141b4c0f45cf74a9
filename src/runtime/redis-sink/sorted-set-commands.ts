/** A sorted set: a member with its score, or several of them as `{ value, score }`. */
import { PoolError } from '../../core/errors';
import type { RedisArgument, RedisCommand } from '../../drivers/redis/session';
import { encodeValue, kindOf, type WrittenAs } from '../redis-payload';
import { isPlainObject } from '../settings-readers';
import { conditionOf, type RowKind } from './row-kind';
import { readKey, readScore, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';
import { t } from '../../core/wording';

export function sortedSetCommands(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  const key = readKey(row);
  if (kind === 'delete') {
    return [{ name: 'ZREM', args: [key, ...membersOf(row.value).map((value) => encodeValue(value, settings.format))] }];
  }
  const condition = conditionOf(kind, settings.condition);
  const options = condition === 'always' ? [] : [condition.toUpperCase()];
  const pairs =
    row.score === undefined || row.score === ''
      ? toPairs(row.value, settings.format)
      : [readScore(row.score), encodeValue(row.value, settings.format)];
  return [{ name: 'ZADD', args: [key, ...options, ...pairs] }];
}

/** Score and member of each `{ value, score }`. */
function toPairs(value: unknown, format: WrittenAs): RedisArgument[] {
  const members: unknown[] = Array.isArray(value) ? value : [value];
  if (members.length === 0) throw new PoolError('REDIS_INVALID_PAYLOAD', t`The array has no members to add.`);
  return members.flatMap((member) => {
    if (!isMember(member)) {
      const message = t`Without a score in the node, each member must be an object with value and score, not ${kindOf(member)}.`;
      throw new PoolError('REDIS_INVALID_SCORE', message);
    }
    return [readScore(member.score), encodeValue(member.value, format)];
  });
}

/** What to remove: the value, or the `value` of each `{ value, score }`. */
function membersOf(value: unknown): unknown[] {
  const members: unknown[] = Array.isArray(value) && value.length > 0 && value.every(isMember) ? value : [value];
  return members.map((member) => (isMember(member) ? member.value : member));
}

function isMember(value: unknown): value is { readonly value: unknown; readonly score: unknown } {
  return isPlainObject(value) && Object.hasOwn(value, 'value') && Object.hasOwn(value, 'score');
}
