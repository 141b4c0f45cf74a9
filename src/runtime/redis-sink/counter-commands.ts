/** A counter: a string or a field of a hash, counted up or down. */
import type { RedisCommand } from '../../drivers/redis/session';
import { readAmount, readField, readKey, type SinkRow } from './sink-row';
import type { SinkSettings } from './sink-settings';

export function counterCommands(row: SinkRow, settings: SinkSettings): RedisCommand[] {
  const key = readKey(row);
  const field = readField(row);
  const { text, whole } = readAmount(settings.byOne ? 1 : row.value);
  const up = settings.direction === 'increase';
  if (field !== undefined)
    return [{ name: whole ? 'HINCRBY' : 'HINCRBYFLOAT', args: [key, field, up ? text : negated(text)] }];
  if (!whole) return [{ name: 'INCRBYFLOAT', args: [key, up ? text : negated(text)] }];
  return [{ name: up ? 'INCRBY' : 'DECRBY', args: [key, text] }];
}

function negated(number: string): string {
  return number.startsWith('-') ? number.slice(1) : `-${number}`;
}
