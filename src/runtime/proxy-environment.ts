/** Which HTTP proxy the environment asks for, for WebSocket connections and HTTP. */

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'ws:': '80', 'wss:': '443', 'http:': '80', 'https:': '443' };

/**
 * The proxy of a URL: of ws and wss from `ws_proxy`/`wss_proxy`, of these and of http and https from
 * `http_proxy`/`https_proxy` or `all_proxy`, unless `no_proxy` excludes its host. Names are looked up in lower case, then in upper case.
 */
export function proxyFor(address: string, environment: Environment): string | undefined {
  const url = new URL(address);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) return undefined;
  if (isExcluded(url.hostname, url.port || defaultPort, environment)) return undefined;
  const secure = url.protocol === 'wss:' || url.protocol === 'https:';
  const ofWebSocket = url.protocol.startsWith('ws');
  const proxy =
    (ofWebSocket && read(environment, secure ? 'wss_proxy' : 'ws_proxy')) ||
    read(environment, secure ? 'https_proxy' : 'http_proxy') ||
    read(environment, 'all_proxy');
  if (proxy === '') return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** The rules of `no_proxy`, in lower case. */
export function exclusions(environment: Environment): string[] {
  return read(environment, 'no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((rule) => rule !== '');
}

function isExcluded(host: string, port: string, environment: Environment): boolean {
  return exclusions(environment).some((rule) => excludes(rule, host.toLowerCase(), port));
}

/** A rule is `*`, a host, or a suffix that begins with `.` or `*.`, each with or without a port. */
function excludes(rule: string, host: string, port: string): boolean {
  if (rule === '*') return true;
  const withPort = /^(.+):(\d+)$/.exec(rule);
  if (withPort?.[2] !== undefined && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? rule).replace(/^\*/, '');
  return name.startsWith('.') ? host.endsWith(name) : host === name;
}

function read(environment: Environment, name: string): string {
  return environment[name] || environment[name.toUpperCase()] || '';
}
