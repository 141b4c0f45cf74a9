/** What kind of server a new link has reached, from INFO; and whether it can be used yet. */
import { PoolError } from '../../core/errors';
import { protocolOf } from './endpoint';
import type { RedisProfile } from './profile';
import type { RedisServer } from './session';
import type { Cluster, Redis } from 'ioredis';
import { t } from '../../core/wording';

/**
 * Asks the server for its version and role. A user who may not use INFO gets an empty version.
 *
 * @throws PoolError `REDIS_LOADING` or `REDIS_NOT_MASTER` when it can't be used now
 */
export async function describeServer(
  client: Redis | Cluster,
  { endpoint }: RedisProfile,
  address: string,
): Promise<RedisServer> {
  const text = await info(client);
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
  if (field('loading') === '1') {
    throw new PoolError('REDIS_LOADING', t`${address} is still loading its data.`);
  }
  if (endpoint.kind === 'sentinel' && field('role') !== undefined && field('role') !== 'master') {
    throw new PoolError(
      'REDIS_NOT_MASTER',
      t`The sentinels name a server as master of ${endpoint.masterName} that is a replica still.`,
    );
  }
  const mode = endpoint.kind === 'cluster' || endpoint.kind === 'sentinel' ? endpoint.kind : 'standalone';
  return { version: field('redis_version') ?? '', protocol: protocolOf(client), mode };
}

async function info(client: Redis | Cluster): Promise<string> {
  try {
    return String(await client.call('INFO'));
  } catch (thrown) {
    // Not allowed, or renamed away: everything else can still work.
    if (thrown instanceof Error && thrown.name === 'ReplyError' && !/^(NOAUTH|LOADING)/.test(thrown.message)) return '';
    throw thrown;
  }
}
