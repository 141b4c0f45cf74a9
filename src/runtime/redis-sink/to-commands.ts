/** From one value and the settings of a sink to the commands that write it. */
import type { RedisCommand } from '../../drivers/redis/session';
import { encodeValue } from '../redis-payload';
import { counterCommands } from './counter-commands';
import { hashCommands } from './hash-commands';
import { listCommands } from './list-commands';
import { meaningless, readRowKind, type RowKind } from './row-kind';
import { setCommands } from './set-commands';
import { readExpiry, readField, readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';
import { sortedSetCommands } from './sorted-set-commands';
import { streamCommands } from './stream-commands';
import { stringCommands } from './string-commands';
import { t } from '../../core/wording';

/**
 * The commands for one value, which belong together; the reply of the first is the result.
 *
 * @throws PoolError `REDIS_INVALID_KEY`, `_FIELD`, `_PAYLOAD`, `_SCORE`, `_ID`, `_EXPIRY`, `_AMOUNT` or `_ROW_KIND`
 */
export function toCommands(row: SinkRow, settings: SinkSettings): readonly RedisCommand[] {
  const kind = readRowKind(row.rowKind);
  const commands = commandsOf(row, settings, kind);
  const expire = kind === 'delete' ? undefined : expiring(row, settings);
  return expire ? [...commands, expire] : commands;
}

function commandsOf(row: SinkRow, settings: SinkSettings, kind: RowKind): RedisCommand[] {
  switch (settings.structure) {
    case 'string':
      return stringCommands(row, settings, kind);
    case 'hash':
      return hashCommands(row, settings, kind);
    case 'list':
      return listCommands(row, settings, kind);
    case 'set':
      return setCommands(row, settings, kind);
    case 'sorted-set':
      return sortedSetCommands(row, settings, kind);
    case 'stream':
      return streamCommands(row, settings, kind);
    case 'publish':
    case 'sharded-publish': {
      if (kind !== 'upsert') throw meaningless(kind, t`a channel`, t`nothing is stored`);
      const name = settings.structure === 'publish' ? 'PUBLISH' : 'SPUBLISH';
      return [{ name, args: [readKey(row, () => t`channel`), encodeValue(row.value, settings.format)] }];
    }
    case 'counter':
      if (kind !== 'upsert') throw meaningless(kind, t`a counter`, t`it only counts`);
      return counterCommands(row, settings);
    case 'delete': {
      if (kind !== 'upsert' && kind !== 'delete')
        throw meaningless(kind, t`the structure "delete"`, t`it only deletes`);
      const field = readField(row);
      if (field !== undefined) return [{ name: 'HDEL', args: [readKey(row), field] }];
      return [{ name: settings.unlink ? 'UNLINK' : 'DEL', args: [readKey(row)] }];
    }
  }
}

/** A string has its expiry in the command itself; a channel has none. */
function expiring(row: SinkRow, { structure }: SinkSettings): RedisCommand | undefined {
  if (structure === 'string' || structure === 'delete' || structure.endsWith('publish')) return undefined;
  const expiry = readExpiry(row);
  return expiry && { name: 'PEXPIRE', args: [readKey(row), expiry.millis] };
}
