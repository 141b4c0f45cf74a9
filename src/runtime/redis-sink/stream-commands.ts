/** A stream: entries added, with a limit to how many it keeps, or removed by id. */
import type { RedisArgument, RedisCommand } from '../../drivers/redis/session';
import { encodeValue } from '../redis-payload';
import { toFieldValues } from './field-values';
import { conditionOf, meaningless, type RowKind } from './row-kind';
import { readField, readId, readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';
import { t } from '../../core/wording';

export function streamCommands(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  const key = readKey(row);
  const id = readId(row.entryId);
  if (kind === 'delete') {
    if (id === undefined || id === '*')
      throw meaningless(kind, t`a stream`, t`only an entry whose id is given can be removed`);
    return [{ name: 'XDEL', args: [key, id] }];
  }
  const field = readField(row);
  const args: RedisArgument[] = [key];
  if (kind !== 'insert' && conditionOf(kind, settings.condition) === 'xx') args.push('NOMKSTREAM');
  args.push(...trimming(row, settings), id ?? '*');
  if (field === undefined) args.push(...toFieldValues(row.value, settings.fields, settings.format));
  else args.push(field, encodeValue(row.value, settings.format));
  return [{ name: 'XADD', args }];
}

function trimming(row: SinkRow, { maxLength, trimExact }: SinkSettings): RedisArgument[] {
  const how = trimExact ? '=' : '~';
  if (maxLength !== undefined) return ['MAXLEN', how, maxLength];
  const minId = readId(row.minId);
  return minId === undefined ? [] : ['MINID', how, minId];
}
