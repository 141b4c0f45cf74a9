/**
 * Commands that would change a connection for everybody on it, or hold it up: refused on a shared connection, allowed on
 * a node's own, and those that no client library can follow are refused on either.
 */
import { PoolError } from '../../core/errors';
import type { RedisCommand } from './session';
import { t } from '../../core/wording';

const CHANGES_THE_CONNECTION = new Set(
  `SELECT WATCH UNWATCH MULTI EXEC DISCARD SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE AUTH HELLO
  RESET QUIT READONLY READWRITE ASKING DEBUG`.split(/\s+/),
);

const WAITS = new Set('BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF'.split(' '));

/** The same for those that are told apart by their first argument. */
const SUBCOMMANDS_THAT_CHANGE = new Set(
  ['SETNAME', 'TRACKING', 'CACHING', 'NO-EVICT', 'NO-TOUCH', 'SETINFO']
    .map((name) => `CLIENT ${name}`)
    .concat('SCRIPT DEBUG'),
);

const GIVES_NO_REPLIES = new Set(['MONITOR', 'SYNC', 'PSYNC', 'REPLCONF', 'CLIENT REPLY']);

/** Whether a command may wait at the server before it answers, and so holds up what is sent after it. */
export function mayBlock({ name, args }: RedisCommand): boolean {
  if (name === 'XREAD' || name === 'XREADGROUP') {
    const streams = args.findIndex((arg) => String(arg).toUpperCase() === 'STREAMS');
    return args.slice(0, Math.max(0, streams)).some((arg) => String(arg).toUpperCase() === 'BLOCK');
  }
  return WAITS.has(name);
}

/** Why a command can't be sent on this connection; undefined if it can. `name` must be in upper case. */
export function unshareable(command: RedisCommand, dedicated: boolean): PoolError | undefined {
  const { name, args } = command;
  const subcommand = String(args[0] ?? '').toUpperCase();
  const full = name === 'CLIENT' || name === 'SCRIPT' ? `${name} ${subcommand}` : name;
  if (GIVES_NO_REPLIES.has(full)) {
    const message = t`${full} turns a connection into something that gives no replies to commands; use redis-cli for it.`;
    return new PoolError('REDIS_UNSUPPORTED', message);
  }
  if (dedicated) return undefined;
  if (mayBlock(command))
    return refused(t`${full} would hold up everybody on the shared connection: ${adviceFor(full)}.`);
  if (CHANGES_THE_CONNECTION.has(name) || SUBCOMMANDS_THAT_CHANGE.has(full)) {
    return refused(t`${full} would change the shared connection for everybody: ${adviceFor(full)}.`);
  }
  return undefined;
}

function adviceFor(command: string): string {
  return command === 'MULTI' || command === 'EXEC'
    ? t`send a transaction instead, or give the node a connection of its own`
    : t`give the node a connection of its own`;
}

function refused(text: string): PoolError {
  return new PoolError('REDIS_UNSHAREABLE', text);
}
