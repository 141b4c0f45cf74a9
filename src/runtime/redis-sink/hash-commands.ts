/** A hash: one field, or a field for each property of an object. */
import type { RedisCommand } from '../../drivers/redis/session';
import { encodeValue } from '../redis-payload';
import { toFieldValues } from './field-values';
import { conditionOf, meaningless, type RowKind } from './row-kind';
import { readField, readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';
import { t } from '../../core/wording';

export function hashCommands(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  const key = readKey(row);
  const field = readField(row);
  if (kind === 'delete')
    return [field === undefined ? { name: 'DEL', args: [key] } : { name: 'HDEL', args: [key, field] }];
  if (kind === 'update') throw meaningless(kind, t`a hash`, t`HSET can only be told to write what is new`);
  const onlyNew = conditionOf(kind, settings.condition) === 'nx';
  if (field !== undefined) {
    return [{ name: onlyNew ? 'HSETNX' : 'HSET', args: [key, field, encodeValue(row.value, settings.format)] }];
  }
  const args = [key, ...toFieldValues(row.value, settings.fields, settings.format)];
  if (!onlyNew) return [{ name: 'HSET', args }];
  // One HSETNX for each field: there is none for several.
  return args.flatMap((arg, index) =>
    index % 2 === 1 ? [{ name: 'HSETNX', args: [key, arg, args[index + 1] ?? ''] }] : [],
  );
}
