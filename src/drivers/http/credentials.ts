/** What of the profile says who we are, put on a request to the server of the base URL and to no other. */
import type { AccessTokens } from './access-token';
import type { Hop } from './prepare-request';
import type { HttpAuth } from './profile';

/** Name and value of a query parameter. */
export type QueryCredential = readonly [name: string, value: string];

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: QueryCredential;
  /** The token among the headers. */
  readonly token?: string;
}

export const NO_CREDENTIALS: Credentials = { headers: {} };

/** The credential that goes into the query. */
export function queryCredential(auth: HttpAuth | undefined): QueryCredential | undefined {
  if (auth?.kind !== 'api-key' || auth.place !== 'query') return undefined;
  return [auth.name ?? 'x-api-key', auth.value];
}

/** A request that brings an `authorization` of its own gets none of the profile's. */
export function credentialsFor(
  hop: Hop,
  auth: HttpAuth | undefined,
  tokens: AccessTokens | undefined,
): Credentials | Promise<Credentials> {
  if (!auth) return NO_CREDENTIALS;
  if (auth.kind === 'api-key') {
    const query = queryCredential(auth);
    if (query) return { headers: {}, query };
    const { name = 'x-api-key', value } = auth;
    return name in hop.headers ? NO_CREDENTIALS : { headers: { [name]: value } };
  }
  if ('authorization' in hop.headers) return NO_CREDENTIALS;
  if (auth.kind === 'basic') {
    const login = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
    return { headers: { authorization: `Basic ${login}` } };
  }
  if (auth.kind === 'bearer') return bearer(auth.token);
  const token = tokens?.get() ?? '';
  return typeof token === 'string' ? withToken(token) : token.then(withToken);
}

function bearer(token: string): Credentials {
  return { headers: { authorization: `Bearer ${token}` } };
}

function withToken(token: string): Credentials {
  return { ...bearer(token), token };
}
