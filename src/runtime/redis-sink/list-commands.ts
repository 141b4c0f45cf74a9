/** A list: pushed to at either end, and cut to a length. */
import type { RedisCommand } from '../../drivers/redis/session';
import { encodeValue } from '../redis-payload';
import { conditionOf, type RowKind } from './row-kind';
import { readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';

export function listCommands(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  const key = readKey(row);
  const item = encodeValue(row.value, settings.format);
  if (kind === 'delete') return [{ name: 'LREM', args: [key, 0, item] }];
  const { end, maxLength } = settings;
  // Each insert of a row is a new item, whether or not there are others.
  const onlyExisting = kind !== 'insert' && conditionOf(kind, settings.condition) === 'xx';
  const push = { name: `${end === 'left' ? 'L' : 'R'}PUSH${onlyExisting ? 'X' : ''}`, args: [key, item] };
  if (maxLength === undefined) return [push];
  return [push, { name: 'LTRIM', args: end === 'left' ? [key, 0, maxLength - 1] : [key, -maxLength, -1] }];
}
