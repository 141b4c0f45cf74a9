/** Where a redirect leads (RFC 9110, 15.4), and what of the request goes along. */
import { PoolError } from '../../core/errors';
import type { RawResponse } from './exchange';
import type { Hop, WireHeaders } from './prepare-request';
import { webAddress } from './web-address';

/** What is known or looks like a credential stays with the origin it was meant for. */
const CREDENTIAL = /authorization|cookie|token|secret|password|credential|signature|api-?key|^x-(auth|access|amz)/;
const OF_THE_BODY = /^content-/;

/**
 * The request that follows a redirect; undefined if the answer is none.
 *
 * @throws PoolError `HTTP_BAD_RESPONSE`
 */
export function nextHop(hop: Hop, response: RawResponse): Hop | undefined {
  const { status } = response;
  if (![301, 302, 303, 307, 308].includes(status)) return undefined;
  const given = response.headers['location'];
  const location = Array.isArray(given) ? given[0] : given;
  if (location === undefined) return undefined;
  const url = URL.canParse(location, hop.address.href) ? new URL(location, hop.address.href) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new PoolError('HTTP_BAD_RESPONSE', `${hop.address.origin} redirects to what is no http or https URL.`);
  }
  url.username = '';
  url.password = '';
  url.hash = '';
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
    return !otherOrigin || !(name === 'host' || CREDENTIAL.test(name));
  });
  return Object.fromEntries(kept);
}
