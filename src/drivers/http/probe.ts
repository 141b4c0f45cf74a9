/**
 * Whether a server takes the credentials of a profile, for a test of settings: one request to the base URL that changes
 * nothing there. Opening a socket alone would not show it.
 */
import { PoolError } from '../../core/errors';
import type { HttpSession } from './session';
import { t } from '../../core/wording';

export type ProbeAnswer = {
  readonly status: number;
  /** What it calls itself. */
  readonly server?: string;
};

/** Of the name of a server. */
const MOST_SHOWN = 200;
/** Of servers that know no HEAD. */
const NO_HEAD: ReadonlySet<number> = new Set([405, 501]);

/**
 * Any status is an answer (many an API has nothing at its base) except those that say that nothing else will work.
 *
 * @param address for the error text
 * @returns the status, and the name of the server if it says one
 * @throws PoolError `HTTP_UNAUTHORIZED`, `HTTP_SERVER_ERROR`, or what `HttpSession.request` throws
 */
export async function probe(
  session: HttpSession,
  address: string,
  hasCredentials: boolean,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const ask = async (method: string) => {
    try {
      return await session.request({ method, retry: false, maxRedirects: 0, timeoutMillis: 0, signal });
    } catch (thrown) {
      if (!(thrown instanceof PoolError) || thrown.code !== 'HTTP_CONNECTION_LOST') throw thrown;
      const text = t`${address} hung up without an answer; check the port, and whether it wants http or https.`;
      throw new PoolError(thrown.code, text, { cause: thrown });
    }
  };
  let answer = await ask('HEAD');
  if (NO_HEAD.has(answer.status)) answer = await ask('GET');
  const { status, headers } = answer;
  if (status === 401) {
    const advice = hasCredentials
      ? t`it does not take these credentials; correct them`
      : t`it wants credentials; choose a kind of authentication`;
    throw new PoolError('HTTP_UNAUTHORIZED', t`${address} answers with status 401: ${advice}.`, { kind: 'refused' });
  }
  if (status >= 500) {
    const text = t`${address} answers with status ${status}: the server, or a gateway before it, has a fault; see its log.`;
    throw new PoolError('HTTP_SERVER_ERROR', text);
  }
  const server = headers['server'];
  return typeof server === 'string' ? { status, server: server.slice(0, MOST_SHOWN) } : { status };
}
