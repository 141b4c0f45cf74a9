/** Which way a request takes to its server: straight, through a proxy's tunnel (https), or by way of a proxy (http). */
import type { ConnectionOptions } from 'node:tls';
import type { NormalHttpProfile } from './normalise-profile';
import type { HttpProxy, HttpTls } from './profile';
import { t } from '../../core/wording';

/** Sockets of one key are the same to every request. */
export interface Route {
  readonly key: string;
  /** The origin the client speaks to: the server's, or the proxy's for http by way of a proxy. */
  readonly origin: string;
  /** What people are told it connects to. */
  readonly address: string;
  /** The host and port the socket goes to in the end, inside of a tunnel if there is one. */
  readonly target: URL;
  /** TLS options, if the target is https. */
  readonly tls: ConnectionOptions | undefined;
  /** The proxy whose tunnel leads to the target. */
  readonly tunnel: HttpProxy | undefined;
  /** Requests name the whole URL and bring these headers, as a proxy wants it. */
  readonly viaProxy: { readonly headers: Readonly<Record<string, string>> } | undefined;
}

/** @param trusted whether the server may see the client certificate: that of the base URL or of the tokens */
export function routeTo(url: URL, profile: NormalHttpProfile, trusted: boolean): Route {
  const { proxy } = profile;
  const secure = url.protocol === 'https:';
  const isBase = url.origin === new URL(profile.baseUrl).origin;
  if (proxy && !bypasses(url, proxy.noProxy ?? [])) {
    if (!secure) {
      const target = new URL(proxy.url);
      const tls = target.protocol === 'https:' ? proxyTls(profile.tls) : undefined;
      const headers = proxyHeaders(proxy);
      return {
        key: `proxy ${proxy.url}`,
        origin: proxy.url,
        // In words: they are asked for only by errors.
        get address() {
          return t`the proxy ${proxy.url}`;
        },
        target,
        tls,
        tunnel: undefined,
        viaProxy: { headers },
      };
    }
    const tls = tlsOptions(profile.tls, trusted, isBase);
    return { ...plain(url, trusted, tls), tunnel: proxy };
  }
  return { ...plain(url, trusted, secure ? tlsOptions(profile.tls, trusted, isBase) : undefined), tunnel: undefined };
}

/** What the proxy is told to know us; it goes to the proxy only. */
export function proxyHeaders({ username, password }: HttpProxy): Record<string, string> {
  if (username === undefined && password === undefined) return {};
  const login = Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64');
  return { 'proxy-authorization': `Basic ${login}` };
}

function plain(url: URL, trusted: boolean, tls: ConnectionOptions | undefined) {
  const { origin } = url;
  return {
    key: `${trusted ? '' : 'other '}${origin}`,
    origin,
    address: origin,
    target: new URL(origin),
    tls,
    viaProxy: undefined,
  };
}

function tlsOptions(tls: HttpTls | undefined, trusted: boolean, isBase: boolean): ConnectionOptions {
  if (!tls) return {};
  const { cert, key, pfx, passphrase, servername, ca, ...others } = tls;
  return {
    ...others,
    ...(ca === undefined
      ? {}
      : { ca: Array.isArray(ca) ? [...(ca as readonly (string | Buffer)[])] : (ca as string | Buffer) }),
    ...(trusted ? defined({ cert, key, pfx, passphrase }) : {}),
    ...(isBase && servername !== undefined ? { servername } : {}),
  };
}

/** A proxy is checked by the same authorities, and not shown the certificate that is for the server. */
export function proxyTls(tls: HttpTls | undefined): ConnectionOptions {
  return tlsOptions(tls, false, false);
}

function defined(options: Record<string, unknown>): ConnectionOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function bypasses(url: URL, rules: readonly string[]): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return rules.some((rule) => {
    if (rule === '*') return true;
    const withPort = /^(.+):(\d+)$/.exec(rule.startsWith('[') || rule.split(':').length === 2 ? rule : '');
    if (withPort && withPort[2] !== port) return false;
    const name = (withPort?.[1] ?? rule).replace(/^\*/, '').replace(/^\[(.*)\]$/, '$1');
    return name.startsWith('.') ? host.endsWith(name) : host === name;
  });
}
