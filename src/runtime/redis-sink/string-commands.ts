/** A string: SET with its options, or DEL. */
import type { RedisArgument, RedisCommand } from '../../drivers/redis/session';
import { encodeValue } from '../redis-payload';
import { conditionOf, type RowKind } from './row-kind';
import { readExpiry, readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';

export function stringCommands(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  const key = readKey(row);
  if (kind === 'delete') return [{ name: 'DEL', args: [key] }];
  const args: RedisArgument[] = [key, encodeValue(row.value, settings.format)];
  const expiry = readExpiry(row);
  if (expiry) args.push(...(expiry.millis % 1000 === 0 ? ['EX', expiry.millis / 1000] : ['PX', expiry.millis]));
  else if (settings.keepTtl) args.push('KEEPTTL');
  const condition = conditionOf(kind, settings.condition);
  if (condition !== 'always') args.push(condition.toUpperCase());
  if (settings.returnsOld) args.push('GET');
  return [{ name: 'SET', args }];
}
