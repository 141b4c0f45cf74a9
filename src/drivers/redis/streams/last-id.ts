/** Where a stream or a group stands. */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import { fieldOf, textOf } from './stream-replies';

/**
 * The id of the last entry ever added to a stream, which is what `$` means; undefined if there is no such stream.
 *
 * @throws PoolError
 */
export async function lastIdOf(parts: ConnectionParts, key: string): Promise<string | undefined> {
  try {
    return textOf(fieldOf(await parts.run('XINFO', 'STREAM', key), 'last-generated-id')) || undefined;
  } catch (thrown) {
    const error = PoolError.from(thrown);
    if (/no such key/i.test(error.message)) return undefined;
    throw error;
  }
}

/** The id of the last entry that a group has delivered; undefined if it can't be known. */
export async function lastDeliveredId(parts: ConnectionParts, key: string, group: string): Promise<string | undefined> {
  const groups = await parts.run('XINFO', 'GROUPS', key).catch(() => null);
  if (!Array.isArray(groups)) return undefined;
  const wanted = groups.find((one) => textOf(fieldOf(one, 'name')) === group);
  return textOf(fieldOf(wanted, 'last-delivered-id')) || undefined;
}
