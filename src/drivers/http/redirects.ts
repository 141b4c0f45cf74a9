/** Where a redirect leads (RFC 9110, 15.4), and what of the request goes along. */
import { PoolError } from '../../core/errors';
import type { QueryCredential } from './credentials';
import type { RawResponse } from './exchange';
import type { Hop, WireHeaders } from './prepare-request';
import { webAddress } from './web-address';
import { t } from '../../core/wording';

/**
 * What goes along to another origin. Any other header may hold a key, whatever its name, and stays with the origin it was
 * meant for.
 */
const HARMLESS =
  /^(accept(-.*)?|content-.*|user-agent|cache-control|pragma|range|prefer|if-(none-match|modified-since|range)|idempotency-key|trace(parent|state)|baggage)$/;
const OF_THE_BODY = /^content-/;

/**
 * The request that follows a redirect; undefined if the answer is none.
 *
 * @param secret the parameter of the query that holds a credential: servers repeat it in the address they redirect to
 * @throws PoolError `HTTP_BAD_RESPONSE`
 */
export function nextHop(hop: Hop, response: RawResponse, secret?: QueryCredential): Hop | undefined {
  const { status } = response;
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const given = response.headers['location'];
  const text = Array.isArray(given) ? given[0] : given;
  if (text === undefined) return undefined;
  // The client reads headers as latin1; servers that don't encode their addresses write UTF-8.
  const location = Buffer.from(text, 'latin1').toString();
  const url = URL.canParse(location, hop.address.href) ? new URL(location, hop.address.href) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new PoolError('HTTP_BAD_RESPONSE', t`${hop.address.origin} redirects to what is no http or https URL.`);
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  if (secret && url.searchParams.has(...secret)) url.searchParams.delete(...secret);
  const becomesGet =
    (status === 303 && hop.method !== 'HEAD') || ((status === 301 || status === 302) && hop.method === 'POST');
  return {
    method: becomesGet ? 'GET' : hop.method,
    address: webAddress(url),
    headers: headersFor(hop.headers, url.origin !== hop.address.origin, becomesGet),
    body: becomesGet ? undefined : hop.body,
  };
}

function headersFor(headers: WireHeaders, otherOrigin: boolean, withoutBody: boolean): WireHeaders {
  const kept = Object.entries(headers).filter(([name]) => {
    if (withoutBody && OF_THE_BODY.test(name)) return false;
    return !otherOrigin || HARMLESS.test(name);
  });
  return Object.fromEntries(kept);
}
