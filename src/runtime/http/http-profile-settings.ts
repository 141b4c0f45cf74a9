/** From the flow JSON and credentials of an HTTP profile node to the driver's profile and the lease's options. */
import { normaliseProfile } from '../../drivers/http/normalise-profile';
import type { HttpProfile, HttpRetry, HttpTls } from '../../drivers/http/profile';
import { type LeaseSettings, readLeaseSettings, UINT32 } from '../lease-settings';
import type { GivenSettings } from '../named-profiles/profile-type';
import type { Environment } from '../proxy-environment';
import { defined, readBoolean, readText, type Settings } from '../settings-readers';
import { readTls } from '../tls-settings';
import { type HttpCredentials, httpReaders, readAuth, readUrl } from './http-auth-settings';
import { readProxy } from './http-proxy-settings';
import { t } from '../../core/wording';

/** Things that work, but not as the profile says. Keys of the catalogue, under `errors`. */
export type HttpProfileWarning = 'certificate-not-verified';

export interface HttpProfileSettings extends LeaseSettings {
  readonly profile: HttpProfile;
  readonly warnings: readonly HttpProfileWarning[];
}

/** The config nodes that a profile refers to: undefined for none, null for one that isn't there any more. */
export interface HttpProfileNodes {
  readonly tls?: unknown;
  readonly proxy?: unknown;
}

/** What stands for these nodes in a named profile. */
export function namedHttpNodes({ settings, credentials, tlsNode }: GivenSettings): HttpProfileNodes {
  const url = settings['proxyUrl'];
  if (url === undefined) return { tls: tlsNode };
  const noproxy = readText(settings, 'noProxy').split(',').filter(Boolean);
  const proxy = {
    url,
    noproxy,
    credentials: { username: credentials['proxyUser'], password: credentials['proxyPassword'] },
  };
  return { tls: tlsNode, proxy };
}

const DAY_SECONDS = 86_400;
const MOST_SOCKETS = 10_000;

/** @throws PoolError `HTTP_INVALID_PROFILE` or `HTTP_TLS`, naming the field */
export function readHttpProfile(
  settings: Settings,
  credentials: HttpCredentials,
  nodes: HttpProfileNodes = {},
  environment: Environment = process.env,
): HttpProfileSettings {
  const baseUrl = readUrl(settings, 'baseUrl', t`a URL such as https://server.example/api`);
  const secure = new URL(baseUrl).protocol === 'https:';
  const tls = secure || nodes.tls !== undefined ? readHttpTls(settings, nodes.tls) : undefined;
  const megabytes = httpReaders.number(settings, 'maxResponseMegabytes', 0, UINT32);
  const seconds = (field: string, minimum = 0.001) => httpReaders.seconds(settings, field, minimum, DAY_SECONDS);
  const profile: HttpProfile = {
    baseUrl,
    http2: readBoolean(settings, 'http2', false) ? 'auto' : false,
    ...defined({
      tls,
      proxy: readProxy(settings, nodes.proxy, baseUrl, environment),
      auth: readAuth(settings, credentials),
      maxSockets: httpReaders.integer(settings, 'maxSockets', 1, MOST_SOCKETS),
      pipelining: httpReaders.integer(settings, 'pipelining', 1, 1_000),
      keepAliveMillis: seconds('keepAliveSeconds'),
      connectTimeoutMillis: seconds('connectTimeoutSeconds'),
      headersTimeoutMillis: seconds('headersTimeoutSeconds'),
      bodyTimeoutMillis: seconds('bodyTimeoutSeconds'),
      requestTimeoutMillis: seconds('requestTimeoutSeconds', 0),
      maxResponseBytes: megabytes === undefined ? undefined : Math.round(megabytes * 1024 * 1024),
      maxRedirects: httpReaders.integer(settings, 'maxRedirects', 0, 1_000),
      retry: readRetry(settings),
      maxConcurrent: httpReaders.integer(settings, 'maxConcurrent', 0, UINT32),
      rateLimit: readRateLimit(settings),
      circuitBreaker: readCircuitBreaker(settings),
    }),
  };
  // What the driver would refuse is refused here, where the profile is read.
  normaliseProfile(profile);
  const careless = tls?.rejectUnauthorized === false && nodes.tls === undefined;
  return {
    profile,
    ...readLeaseSettings(settings, httpReaders),
    warnings: careless ? ['certificate-not-verified'] : [],
  };
}

/** What ALPN offers is for the driver to say. */
function readHttpTls(settings: Settings, tlsNode: unknown): HttpTls {
  const { ALPNProtocols: _offered, ...tls } = readTls(settings, tlsNode, 'HTTP_TLS');
  return tls as HttpTls;
}

function readRetry(settings: Settings): Partial<HttpRetry> | undefined {
  const statuses = readText(settings, 'retryStatuses');
  const retry = defined({
    attempts: httpReaders.integer(settings, 'retryAttempts', 1, 1_000),
    statuses:
      statuses === ''
        ? undefined
        : statuses
            .split(/[\s,]+/)
            .filter(Boolean)
            .map(Number),
    initialMillis: httpReaders.seconds(settings, 'retryInitialSeconds', 0, DAY_SECONDS),
    maximumMillis: httpReaders.seconds(settings, 'retryMaximumSeconds', 0, DAY_SECONDS),
    maxRetryAfterMillis: httpReaders.seconds(settings, 'retryAfterMaximumSeconds', 0, DAY_SECONDS),
  });
  return Object.keys(retry).length > 0 ? retry : undefined;
}

/** None unless a number of requests is set. */
function readRateLimit(settings: Settings): HttpProfile['rateLimit'] {
  const requests = httpReaders.integer(settings, 'rateRequests', 0, UINT32) ?? 0;
  const perMillis = httpReaders.seconds(settings, 'rateSeconds', 0.001, DAY_SECONDS) ?? 1_000;
  return requests > 0 ? { requests, perMillis } : undefined;
}

/** None unless a number of failures is set. */
function readCircuitBreaker(settings: Settings): HttpProfile['circuitBreaker'] {
  const failures = httpReaders.integer(settings, 'circuitFailures', 0, UINT32) ?? 0;
  const openMillis = httpReaders.seconds(settings, 'circuitOpenSeconds', 0.001, DAY_SECONDS);
  return failures > 0 ? { failures, ...defined({ openMillis }) } : undefined;
}
