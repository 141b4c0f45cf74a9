/** Which proxy an HTTP profile goes through: that of an `http proxy` node, of the environment, or none. */
import type { HttpProxy } from '../../drivers/http/profile';
import { type Environment, exclusions, proxyFor } from '../proxy-environment';
import { credentialText, defined, readText, type Settings } from '../settings-readers';
import { httpReaders } from './http-auth-settings';
import { t } from '../../core/wording';

/** What this package uses of Node-RED's `http proxy` node. */
interface ProxyConfigNode {
  readonly url?: unknown;
  readonly noproxy?: unknown;
  readonly credentials?: { readonly username?: unknown; readonly password?: unknown };
}

/**
 * @param node of the `proxy` property; undefined when that is empty, null when there is no such node any more
 * @throws PoolError `HTTP_INVALID_PROFILE`
 */
export function readProxy(
  settings: Settings,
  node: unknown,
  baseUrl: string,
  environment: Environment,
): HttpProxy | undefined {
  const from =
    httpReaders.word(settings, 'proxyFrom', ['environment', 'node', 'none']) ??
    (node === undefined ? 'environment' : 'node');
  if (from === 'none') return undefined;
  if (from === 'environment') {
    const url = proxyFor(baseUrl, environment);
    const noProxy = exclusions(environment);
    return url === undefined ? undefined : { url, ...(noProxy.length > 0 ? { noProxy } : {}) };
  }
  return proxyOf(node);
}

function proxyOf(node: unknown): HttpProxy {
  const { url, noproxy, credentials } = (node ?? {}) as ProxyConfigNode;
  const text = readText({ url }, 'url');
  if (text === '') throw httpReaders.invalid('proxy', t`a proxy configuration that exists and has a URL, or none`);
  const noProxy = Array.isArray(noproxy) ? noproxy.filter((rule) => typeof rule === 'string') : [];
  return {
    url: text.includes('://') ? text : `http://${text}`,
    ...defined({ username: credentialText(credentials?.username), password: credentialText(credentials?.password) }),
    ...(noProxy.length > 0 ? { noProxy } : {}),
  };
}
