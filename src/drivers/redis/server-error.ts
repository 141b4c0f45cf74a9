/** Error replies of the server as `PoolError`s: a code for each kind the server tells apart, and what to change. */
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

/** What to add to the server's own words, by the first word of its reply. */
const ADVICE: Readonly<Record<string, () => string>> = {
  WRONGTYPE: () => t`The key holds another kind of value; use another key, or delete this one.`,
  NOAUTH: () => t`The server wants a password; enter it in the profile.`,
  WRONGPASS: () => t`Check user name and password in the profile.`,
  NOPERM: () => t`The user of the profile may not do this; change its ACL rules, or use another user.`,
  OOM: () => t`The server has reached its memory limit; raise maxmemory or let it evict keys.`,
  READONLY: () => t`This server is a read-only replica; connect to the master, or through Sentinel.`,
  LOADING: () => t`The server is still loading its data; try again later.`,
  BUSY: () => t`The server is busy with a script; try again later.`,
  MASTERDOWN: () => t`The replica has lost its master; try again later.`,
  MISCONF: () => t`The server refuses writes because it cannot save to disk; see its log.`,
  NOREPLICAS: () => t`Too few replicas are connected to the server.`,
  CLUSTERDOWN: () => t`The cluster does not serve this slot now; check its nodes.`,
  TRYAGAIN: () => t`The slot of these keys is being moved; try again later.`,
  CROSSSLOT: () => t`In a cluster, all keys of a command must be in one slot; give them a common {hash tag}.`,
  MOVED: () => t`The key is served by another node: this is a cluster, so choose the mode "cluster" in the profile.`,
  ASK: () => t`The key is being moved to another node: this is a cluster, so choose the mode "cluster" in the profile.`,
  NOGROUP: () => t`The stream or its consumer group does not exist; create it with XGROUP CREATE.`,
  EXECABORT: () => t`The transaction was not carried out because one of its commands is invalid.`,
};

/** Replies that begin with ERR, told apart by their text. */
const GENERIC: readonly (readonly [pattern: RegExp, code: string, text: () => string])[] = [
  [/^ERR unknown (sub)?command/i, 'REDIS_UNKNOWN_COMMAND', () => t`The server does not know this command`],
  [/^ERR wrong number of arguments/i, 'REDIS_WRONG_ARITY', () => t`The command has too few or too many arguments`],
  [/^ERR DB index is out of range/i, 'REDIS_INVALID_DATABASE', () => t`The server has no database with this number`],
  [/^ERR max number of clients/i, 'REDIS_TOO_MANY_CLIENTS', () => t`The server has reached its maximum of clients`],
  [/^ERR .*[Ee]rror (running|compiling) script|^ERR .* script: /, 'REDIS_SCRIPT_ERROR', () => ''],
];

/** The error for an error reply, or undefined if `thrown` is something else. `command` is named in the message. */
export function serverError(thrown: unknown, command?: string): PoolError | undefined {
  if (!isReplyError(thrown)) return undefined;
  const text = thrown.message;
  const where = command ? `${command}: ` : '';
  // The reply as it came carries the command with its arguments, which may hold secrets: it is not passed on.
  const cause = new Error(text.slice(0, 500));
  for (const [pattern, code, message] of GENERIC) {
    if (pattern.test(text)) return new PoolError(code, `${where}${message() || plain(text)}.`, { cause });
  }
  const prefix = /^[A-Z]+(?= |$)/.exec(text)?.[0];
  if (prefix === undefined || prefix === 'ERR')
    return new PoolError('REDIS_ERROR', `${where}${plain(text)}.`, { cause });
  const advice = ADVICE[prefix]?.();
  const kind = prefix === 'WRONGPASS' || prefix === 'NOAUTH' || prefix === 'NOPERM' ? 'refused' : 'retry';
  return new PoolError(
    `REDIS_${prefix}`,
    prefix === 'NOAUTH'
      ? `${where}${advice}`
      : `${where}${plain(text.slice(prefix.length + 1)) || prefix}.${advice ? ` ${advice}` : ''}`,
    { cause, kind },
  );
}

function isReplyError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === 'ReplyError';
}

/** The server's words, without the word ERR and the full stop. */
function plain(text: string): string {
  return text.replace(/^ERR /, '').replace(/\.?\s*$/, '');
}
