/** What goes over the wire for one hop of a request: with the credentials of the profile, in the form a proxy wants. */
import { type Credentials, NO_CREDENTIALS } from './credentials';
import type { Hop } from './prepare-request';
import type { Route } from './route';

export interface WireRequest {
  readonly method: string;
  /** Path and query, or a whole URL by way of a proxy. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | undefined;
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  readonly maxBytes: number;
  /** Method and path without the query, for tracing tools. */
  readonly subject: string;
}

export function wireRequest(
  hop: Hop,
  route: Route,
  credentials: Credentials,
  repeatable: boolean,
  maxBytes: number,
): WireRequest {
  const { address, headers } = hop;
  const via = route.viaProxy;
  let { path } = address;
  if (credentials.query) {
    const [name, value] = credentials.query;
    path += `${address.path === address.pathname ? '?' : '&'}${new URLSearchParams({ [name]: value }).toString()}`;
  }
  if (via) path = `${address.origin}${path}`;
  return {
    method: hop.method,
    path,
    headers:
      via || credentials !== NO_CREDENTIALS
        ? { ...(via ? { host: address.host } : undefined), ...headers, ...credentials.headers, ...via?.headers }
        : headers,
    body: hop.body,
    repeatable,
    maxBytes,
    subject: `${hop.method} ${address.pathname}`,
  };
}
