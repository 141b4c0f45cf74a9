/** What ioredis 4 reads in text: a port, a path, `host:port`, or a URL with the database behind it. */
import type { Properties } from './flow-json.mjs';

/** The options in it; undefined if it is no address. */
export function optionsOfUrl(text: string): Properties | undefined {
  if (/^\d+$/.test(text)) return { port: text };
  if (text.startsWith('/')) return { path: text };
  const address = text.includes('://') ? text : `redis://${text}`;
  // With a protocol of its own, a browser reads user, host and port of any URL.
  if (!/^rediss?:\/\//i.test(address)) return undefined;
  const isSecure = /^rediss:/i.test(address);
  const url = parseUrl(address.replace(/^rediss?:/i, 'http:'), address);
  if (!url) return undefined;
  const { allowUsernameInURI, ...others } = Object.fromEntries(url.searchParams);
  // Without this word in the URL, ioredis 4 logs in by the password alone.
  const takesUser = allowUsernameInURI !== undefined && allowUsernameInURI !== '' && allowUsernameInURI !== 'false';
  return {
    ...others,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(portOf(address) ? { port: portOf(address) } : {}),
    ...(url.pathname.length > 1 && text.includes('://') ? { db: url.pathname.slice(1) } : {}),
    ...(takesUser && url.username !== '' ? { username: decode(url.username) } : {}),
    ...(url.password === '' ? {} : { password: decode(url.password) }),
    ...(isSecure ? { tls: true } : {}),
  };
}

function parseUrl(address: string, original: string): URL | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url && url.hostname !== '' && !original.includes('#') ? url : undefined;
}

/** A browser leaves out port 80, the standard of the protocol that it was told. */
function portOf(address: string): string | undefined {
  return /^[^/]*\/\/(?:[^/?]*@)?(?:\[[^\]]*\]|[^:/?]*):(\d+)/.exec(address)?.[1];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
