/** What the parts of a Redis connection work with, over real sockets, with places to meddle for tests. */
import { newCounters } from '../../src/core/counters';
import { PoolError } from '../../src/core/errors';
import { OwnSocket } from '../../src/drivers/redis/auxiliary-socket';
import type { ConnectionParts } from '../../src/drivers/redis/connection-part';
import { RedisLink } from '../../src/drivers/redis/redis-link';
import type { RedisServer } from './redis-server';
import { standalone } from './redis-subscriber';
import type { Teardown } from './teardown';

export interface Meddling {
  /** The version the parts see, whatever the server's is. */
  readonly version?: string;
  /** Called and awaited before a command is sent on the command socket. */
  readonly before?: (name: string, ...args: readonly unknown[]) => Promise<void>;
  /** Commands of the further sockets that fail as if the connection broke. */
  readonly failing?: readonly string[];
}

export interface TestParts extends ConnectionParts {
  readonly warnings: readonly PoolError[];
}

export async function partsOf(teardown: Teardown, redis: RedisServer, meddling: Meddling = {}): Promise<TestParts> {
  const { version, before, failing = [] } = meddling;
  const profile = standalone(redis.port);
  const warnings: PoolError[] = [];
  const warn = (error: PoolError) => void warnings.push(error);
  const open = async (signal: AbortSignal, lost: (error: PoolError) => void) => {
    const link = await RedisLink.connect(profile, signal, lost);
    if (version !== undefined) Object.assign(link, { server: { ...link.server, version } });
    const send: RedisLink['send'] = (name, args, buffers, callback, blocking) => {
      if (failing.includes(name)) callback(new PoolError('REDIS_CONNECTION_LOST', 'The connection was lost.'));
      else RedisLink.prototype.send.call(link, name, args, buffers, callback, blocking);
    };
    return Object.assign(link, { send });
  };
  const command = await open(new AbortController().signal, () => {});
  teardown.defer(() => command.end());
  const socket = () => {
    const own = teardown.closeLater(new OwnSocket(open, warn));
    own.connected();
    return own;
  };
  return {
    profile,
    counters: newCounters(),
    server: command.server,
    sockets: { events: socket(), lists: socket(), sortedSets: socket() },
    run: async (name, ...args) => {
      await before?.(name, ...args);
      return command.run(name, ...args);
    },
    warn,
    warnings,
  };
}
