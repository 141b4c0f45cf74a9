/** HTTP requests in an outbox. */
import { PoolError } from '../../core/errors';
import type { HttpRequest, HttpResponse, HttpSession } from '../../drivers/http/session';
import { type OutboxProtocol, passingErrors } from './protocol';
import { t } from '../../core/wording';

export interface HttpJob {
  /** Plain data only: without a signal and without functions. */
  readonly request: HttpRequest;
  /** An answer of 400 and above is a failure. */
  readonly failOnStatus: boolean;
}

/** How many requests at once; the profile's own limits are below. */
const WINDOW = 64;
/** Answers that say: not now. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);
const NOT_NOW = 'HTTP_NOT_NOW';

export const httpOutboxProtocol: OutboxProtocol<HttpSession, HttpJob> = {
  window: WINDOW,
  // One after the other to each resource: requests on several sockets overtake each other.
  lane: ({ request }) => (request.path ?? '').replace(/[?#].*$/, ''),
  send: (session, { job, mark }, callback) => {
    const { request } = job;
    const headers = mark === undefined ? request.headers : { ...request.headers, [mark.toLowerCase()]: 'true' };
    void ask(session, { ...request, ...(headers ? { headers } : {}) }, job, callback);
  },
  isPassing: passingErrors(
    `${NOT_NOW} HTTP_WITHDRAWN HTTP_ABORTED HTTP_UNREACHABLE HTTP_CONNECTION_LOST HTTP_TIMEOUT HTTP_CIRCUIT_OPEN HTTP_TLS
    HTTP_PROXY_REFUSED HTTP_TOKEN_REFUSED HTTP_TOKEN_UNAVAILABLE`,
  ),
  describe: ({ request }) => ({ method: request.method, url: request.path, payload: request.body }),
};

/** What an outgoing request counts for in the limits. */
export function httpBytes({ path = '', body = '' }: HttpRequest): number {
  return Buffer.byteLength(path) + Buffer.byteLength(body);
}

async function ask(
  session: HttpSession,
  request: HttpRequest,
  job: HttpJob,
  callback: (error?: PoolError, result?: unknown) => void,
): Promise<void> {
  let response: HttpResponse | undefined;
  let failure: PoolError | undefined;
  try {
    response = await session.request(request);
    failure = failureOf(response, job);
  } catch (thrown) {
    failure = PoolError.from(thrown);
  }
  callback(failure, response);
}

function failureOf({ status }: HttpResponse, { request, failOnStatus }: HttpJob): PoolError | undefined {
  if (PASSING_STATUSES.has(status)) return new PoolError(NOT_NOW, t`The server answered ${status}.`);
  if (!failOnStatus || status < 400) return undefined;
  const text = t`The server answered ${status} to ${request.method ?? 'GET'} ${request.path ?? ''}; it is not sent again.`;
  return new PoolError('HTTP_STATUS', text);
}
