/** Which HTTP proxy the environment asks for; only WebSocket connections go through one. */

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'ws:': '80', 'wss:': '443' };

/**
 * The proxy of a ws or wss URL, from `ws_proxy`/`wss_proxy`, `http_proxy`/`https_proxy` or `all_proxy`, unless
 * `no_proxy` excludes its host. Names are looked up in lower case, then in upper case.
 */
export function proxyFor(address: string, environment: Environment): string | undefined {
  const url = new URL(address);
  const defaultPort = DEFAULT_PORTS[url.protocol];
  if (defaultPort === undefined) return undefined;
  if (isExcluded(url.hostname, url.port || defaultPort, environment)) return undefined;
  const secure = url.protocol === 'wss:';
  const proxy =
    read(environment, secure ? 'wss_proxy' : 'ws_proxy') ||
    read(environment, secure ? 'https_proxy' : 'http_proxy') ||
    read(environment, 'all_proxy');
  if (proxy === '') return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function isExcluded(host: string, port: string, environment: Environment): boolean {
  return read(environment, 'no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((rule) => rule !== '')
    .some((rule) => excludes(rule, host.toLowerCase(), port));
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
