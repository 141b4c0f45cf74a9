/** Gives an entry up: to the dead-letter stream if there is one, and out of the pending entries of the group. */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { GroupRequest } from '../reading';
import type { RedisArgument } from '../session';
import { t } from '../../../core/wording';

/** An entry with what is known of its deliveries, this one included. */
export interface GroupEntry {
  readonly id: string;
  readonly fields: readonly Buffer[];
  readonly deliveries: number;
}

/** If XADD fails, the script ends there and the entry stays pending; MULTI would acknowledge it all the same. */
const SCRIPT = `local id = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 3))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return id`;
/** Arguments that Lua's `unpack` can take. */
const MOST_ARGUMENTS = 7000;
/** Not allowed, not known, or keys of two cluster slots. */
const NO_SCRIPT = new Set(['REDIS_NOPERM', 'REDIS_UNKNOWN_COMMAND', 'REDIS_CROSSSLOT']);

/**
 * @returns what to tell the receiver; if the entry could not be given up, it stays pending
 * @throws PoolError `REDIS_CONNECTION_LOST`
 */
export async function giveUp(parts: ConnectionParts, request: GroupRequest, entry: GroupEntry): Promise<PoolError> {
  try {
    return await end(parts, request, entry);
  } catch (thrown) {
    const error = PoolError.from(thrown);
    if (error.code === 'REDIS_CONNECTION_LOST') throw error;
    const message = t`Entry ${entry.id} of the stream "${request.key}" can't be given up and stays pending: ${error.message}`;
    return new PoolError('REDIS_DEAD_LETTER', message, { cause: error });
  }
}

async function end(parts: ConnectionParts, request: GroupRequest, entry: GroupEntry): Promise<PoolError> {
  const { key, group, deadLetterKey } = request;
  // This delivery does not take place.
  const times = entry.deliveries - 1;
  if (!deadLetterKey) {
    await parts.run('XACK', key, group, entry.id);
    const text = t`Entry ${entry.id} of the stream "${key}" was delivered ${times} times and never acknowledged; it was dropped from the group: set a dead-letter stream to keep such entries.`;
    return new PoolError('REDIS_DEAD_LETTER', text);
  }
  const fields: RedisArgument[] = [...entry.fields, '_stream', key, '_group', group, '_id', entry.id];
  // For programs, too: always in English.
  fields.push('_deliveries', times, '_reason', `delivered ${times} times and never acknowledged`);
  await move(parts, request, deadLetterKey, entry.id, fields);
  const text = t`Entry ${entry.id} of the stream "${key}" was delivered ${times} times and never acknowledged; it is now in the stream "${deadLetterKey}".`;
  return new PoolError('REDIS_DEAD_LETTER', text);
}

async function move(
  parts: ConnectionParts,
  { key, group }: GroupRequest,
  deadLetterKey: string,
  id: string,
  fields: readonly RedisArgument[],
): Promise<void> {
  if (fields.length < MOST_ARGUMENTS) {
    try {
      await parts.run('EVAL', SCRIPT, 2, key, deadLetterKey, group, id, ...fields);
      return;
    } catch (thrown) {
      if (!NO_SCRIPT.has(PoolError.from(thrown).code)) throw thrown;
    }
  }
  // One after the other: should the second fail, the entry goes there once more.
  await parts.run('XADD', deadLetterKey, '*', ...fields);
  await parts.run('XACK', key, group, id);
}
