/** What went wrong with a request, in plain words, and whether it may be sent again. No URL's path or query is in it. */
import { PoolError } from '../../core/errors';
import { hungUpBeforeTls, hungUpText, tlsAdvice } from '../../core/tls-failure';
import { unreachableReason } from '../../core/unreachable';
import { clause, t } from '../../core/wording';

/**
 * Whether trying again could help: `never`; `always`, because nothing was sent or done; `repeatable`, if doing it twice
 * is the same as doing it once.
 */
export type Again = 'never' | 'always' | 'repeatable';

/** A request's failure with what the retry rules have to know of it. */
export class RequestFailure extends Error {
  readonly error: PoolError;
  readonly again: Again;

  constructor(error: PoolError, again: Again) {
    super(error.message, { cause: error });
    this.error = error;
    this.again = again;
  }

  static from(thrown: unknown): RequestFailure {
    return thrown instanceof RequestFailure
      ? thrown
      : new RequestFailure(PoolError.from(thrown, 'HTTP_FAILED'), 'never');
  }
}

/** How far a request had come. */
export interface Progress {
  readonly sent: boolean;
  readonly answered: boolean;
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_OSSL|HOSTNAME_MISMATCH)/;
const INVALID = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);
const MALFORMED = /^(HPE_|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_HEADERS_OVERFLOW|ERR_HTTP2_INVALID)/;

/** Why no socket could be opened. */
export function connectError(thrown: unknown, address: string): PoolError {
  if (thrown instanceof Error && thrown.name === 'PoolError') return thrown as PoolError;
  const code = codeOf(thrown);
  if (hungUpBeforeTls(thrown)) {
    return new PoolError('HTTP_UNREACHABLE', hungUpText(address), { cause: thrown });
  }
  if (TLS.test(code)) {
    const why = tlsAdvice(thrown) ?? t`${messageOf(thrown)}; check the TLS settings of the profile and the certificate`;
    const message = t`No TLS connection to ${address}: ${why} (${code}).`;
    return new PoolError('HTTP_TLS', message, { cause: thrown, kind: 'refused' });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    const message = t`${address} closed the connection at once; check whether it speaks http or https on this port.`;
    return new PoolError('HTTP_UNREACHABLE', message, { cause: thrown });
  }
  const why = unreachableReason(code) ?? t`${code || messageOf(thrown)}; check address, port and network`;
  return new PoolError('HTTP_UNREACHABLE', t`${address} can't be reached: ${why}.`, { cause: thrown });
}

/** Why a request that had a socket, or was waiting for it to open, has no answer. */
export function requestFailure(thrown: unknown, address: string, { sent, answered }: Progress): RequestFailure {
  if (thrown instanceof RequestFailure) return thrown;
  if (thrown instanceof Error && thrown.name === 'PoolError') {
    return new RequestFailure(
      thrown as PoolError,
      thrown instanceof PoolError && thrown.kind === 'retry' ? 'always' : 'never',
    );
  }
  const code = codeOf(thrown);
  const fail = (name: string, message: string, again: Again) =>
    new RequestFailure(new PoolError(name, message, { cause: thrown }), again);
  if (INVALID.has(code))
    return fail('HTTP_INVALID_REQUEST', t`The request can't be sent: ${messageOf(thrown)}.`, 'never');
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') {
    return fail(
      'CONNECTION_CLOSED',
      t`The connection was closed before the answer came.`,
      sent ? 'repeatable' : 'always',
    );
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    const text =
      code === 'UND_ERR_HEADERS_TIMEOUT'
        ? t`${address} did not answer; raise the time limits of the profile if it is slow.`
        : t`${address} stopped in the middle of its answer; raise the time limits of the profile if it is slow.`;
    return fail('HTTP_TIMEOUT', text, 'repeatable');
  }
  if (MALFORMED.test(code) || (thrown instanceof Error && isMalformed(thrown))) {
    // Without the client's own error: that one holds what the server sent.
    const message = t`${address} sent what is no valid HTTP answer: ${messageOf(thrown)}.`;
    return new RequestFailure(new PoolError('HTTP_BAD_RESPONSE', message), 'never');
  }
  if (!sent) return new RequestFailure(connectError(thrown, address), TLS.test(code) ? 'never' : 'always');
  if (answered) return fail('HTTP_BAD_RESPONSE', t`${address} hung up before its answer was complete.`, 'repeatable');
  if (isRefusedStream(thrown)) {
    const message = t`${address} refused the request before it did anything: too many at one time; lower maxConcurrent in the profile.`;
    return fail('HTTP_CONNECTION_LOST', message, 'always');
  }
  if (TLS.test(code)) return new RequestFailure(connectError(thrown, address), 'never');
  return fail(
    'HTTP_CONNECTION_LOST',
    t`${address} hung up before it answered; it may have done what was asked.`,
    'repeatable',
  );
}

/** The client also takes 100 and 101 that were not asked for as a broken answer. */
function isMalformed({ name, message }: Error): boolean {
  return name === 'HTTPParserError' || /^bad (response|upgrade)$/.test(message);
}

/** HTTP/2 servers say so of what they have not looked at (RFC 9113, 8.7). */
function isRefusedStream(thrown: unknown): boolean {
  return codeOf(thrown) === 'ERR_HTTP2_STREAM_ERROR' && messageOf(thrown).endsWith('NGHTTP2_REFUSED_STREAM');
}

export function tooLate(address: string, limitMillis: number): PoolError {
  const message = t`No complete answer of ${address} within ${limitMillis / 1_000} s; raise the time limit or see what holds it up.`;
  return new PoolError('HTTP_TIMEOUT', message);
}

export function tooManyRedirects(address: string, limit: number): PoolError {
  const message = t`${address} redirects more than ${limit} times; see where it leads, or raise the limit.`;
  return new PoolError('HTTP_TOO_MANY_REDIRECTS', message);
}

export function leftInRedirect(): PoolError {
  const message = t`The connection was left while a redirect was followed; what was asked for may have been done.`;
  return new PoolError('HTTP_ABORTED', message);
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? clause(error.message) : String(error);
}
