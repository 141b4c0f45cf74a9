/** A set: members added and removed. */
import type { RedisCommand } from '../../drivers/redis/session';
import { encodeValue } from '../redis-payload';
import { meaningless, type RowKind } from './row-kind';
import { readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';
import { t } from '../../core/wording';

export function setCommands(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  if (kind === 'update') throw meaningless(kind, t`a set`, t`a member is there or not, there is nothing to change`);
  const member = encodeValue(row.value, settings.format);
  return [{ name: kind === 'delete' ? 'SREM' : 'SADD', args: [readKey(row), member] }];
}
