/** Why there is no connection, in plain words, and whether trying again soon can mend it. */
import { PoolError } from '../../core/errors';
import { hungUpBeforeTls, hungUpText, tlsAdvice } from '../../core/tls-failure';
import { unreachableReason } from '../../core/unreachable';
import { serverError } from './server-error';
import { t } from '../../core/wording';

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_OSSL)/;

/**
 * @param thrown what ioredis told
 * @param address where the connection was to go to, without secrets
 */
export function connectError(thrown: unknown, address: string): PoolError {
  const root = rootError(thrown);
  if (root instanceof Error && root.name === 'PoolError') return root as PoolError;
  const told = noCluster(root) ?? serverError(root);
  if (told) return handshakeError(told, address);
  const code = codeOf(root);
  const unreachable = unreachableReason(code);
  if (unreachable) {
    return new PoolError('REDIS_UNREACHABLE', t`${address} can't be reached: ${unreachable}.`, { cause: root });
  }
  if (hungUpBeforeTls(root)) {
    return new PoolError('REDIS_HUNG_UP', hungUpText(address), { cause: root });
  }
  if (TLS.test(code)) {
    const why = tlsAdvice(root) ?? t`${messageOf(root)}; check the TLS settings of the profile and the certificate`;
    const message = t`No TLS connection to ${address}: ${why} (${code}).`;
    return new PoolError('REDIS_TLS', message, { cause: root, kind: 'refused' });
  }
  if (/protocol error|cannot parse|unexpected (type|byte)|unknown (reply|type)/i.test(messageOf(root))) {
    const message = t`What answers at ${address} is not a Redis server, or wants TLS; check the port.`;
    return new PoolError('REDIS_NOT_A_SERVER', message, { cause: root, kind: 'refused' });
  }
  if (/sentinel/i.test(messageOf(root))) {
    const message = t`No sentinel at ${address} names a master that can be reached: ${sentinelReason(root)}.`;
    return new PoolError('REDIS_SENTINELS_UNREACHABLE', message, { cause: root });
  }
  return lostError(root, address);
}

/** Why an attempt to connect failed, when all that is known may be that the other side hung up. */
export function attemptError(thrown: unknown, address: string): PoolError {
  const error = connectError(thrown, address);
  if (error.code !== 'REDIS_CONNECTION_LOST') return error;
  const message = t`${address} closed the connection at once: it may have reached its maximum of clients, want TLS, or be no Redis server.`;
  return new PoolError('REDIS_HUNG_UP', message, { cause: error.cause });
}

/** For an established connection that is gone. */
export function lostError(cause: unknown, address: string): PoolError {
  const why = codeOf(cause) ? ` (${codeOf(cause)})` : '';
  return new PoolError('REDIS_CONNECTION_LOST', t`The connection to ${address} was lost${why}.`, {
    ...(cause === undefined ? {} : { cause }),
  });
}

function handshakeError(error: PoolError, address: string): PoolError {
  const refused = error.kind === 'refused' || error.code === 'REDIS_INVALID_DATABASE';
  return new PoolError(error.code, `${address}: ${error.message}`, {
    cause: error.cause,
    kind: refused ? 'refused' : 'retry',
  });
}

/** ioredis tells what the last sentinel said at the end of a sentence of its own. */
function sentinelReason(root: unknown): string {
  const last = /Last error: (.*)$/s.exec(messageOf(root))?.[1] ?? '';
  if (/No such master/i.test(last) || last === '') return t`they know no master of this name; check it in the profile`;
  if (/NOAUTH|WRONGPASS|authentication required|invalid password/i.test(last)) {
    return t`they want another login; check their user name and password in the profile`;
  }
  if (/Connection is closed/i.test(last))
    return t`none of them can be reached; check their addresses, and that they run`;
  return unreachableReason(/\bE[A-Z]+(_[A-Z]+)*\b/.exec(last)?.[0]) ?? last;
}

/** A server by itself that is asked for the nodes of its cluster. */
function noCluster(root: unknown): PoolError | undefined {
  if (!/cluster support disabled/i.test(messageOf(root))) return undefined;
  return new PoolError('REDIS_ERROR', t`This server is not part of a cluster; choose another mode in the profile.`, {
    cause: root,
  });
}

/** A cluster's error has that of the last node inside. */
function rootError(thrown: unknown): unknown {
  const inner = (thrown as { lastNodeError?: unknown } | null | undefined)?.lastNodeError;
  return inner === undefined || inner === null ? thrown : rootError(inner);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
