/** Defaults filled in and equal settings brought to an equal shape; what can't work is said here. */
import { PoolError } from '../../core/errors';
import type { HttpAuth, HttpProfile, HttpProxy, HttpRetry, OAuth2 } from './profile';
import { t } from '../../core/wording';

/** A profile with everything decided that has a default. */
export type NormalHttpProfile = HttpProfile &
  Required<Omit<HttpProfile, 'tls' | 'proxy' | 'auth' | 'retry' | 'rateLimit' | 'circuitBreaker'>> & {
    readonly retry: HttpRetry;
  };

const MAX_MILLIS = 2 ** 31 - 1;
const RETRY: HttpRetry = {
  attempts: 3,
  statuses: [429, 502, 503, 504],
  initialMillis: 200,
  maximumMillis: 10_000,
  maxRetryAfterMillis: 60_000,
};

/** @throws PoolError `HTTP_INVALID_PROFILE` */
export function normaliseProfile(profile: HttpProfile): NormalHttpProfile {
  const base = webUrl(profile.baseUrl, t`base URL`, 'baseUrl');
  if (base.search !== '') throw invalid(t`The base URL must not have a query.`, 'baseUrl', t`must not have a query`);
  const auth = profile.auth ?? basicOf(base);
  const { tls, proxy, rateLimit, circuitBreaker, http2 = false } = profile;
  if (http2 !== false && http2 !== 'auto') throw mustBe('http2', t`false or "auto"`);
  return {
    baseUrl: `${base.origin}${base.pathname.replace(/\/+$/, '')}`,
    http2,
    maxSockets: count('maxSockets', profile.maxSockets ?? 16, 1),
    pipelining: count('pipelining', profile.pipelining ?? 1, 1),
    keepAliveMillis: millis('keepAliveMillis', profile.keepAliveMillis ?? 4_000, 1),
    connectTimeoutMillis: millis('connectTimeoutMillis', profile.connectTimeoutMillis ?? 10_000, 1),
    headersTimeoutMillis: millis('headersTimeoutMillis', profile.headersTimeoutMillis ?? 30_000, 1),
    bodyTimeoutMillis: millis('bodyTimeoutMillis', profile.bodyTimeoutMillis ?? 30_000, 1),
    requestTimeoutMillis: millis('requestTimeoutMillis', profile.requestTimeoutMillis ?? 120_000, 0),
    maxResponseBytes: count('maxResponseBytes', profile.maxResponseBytes ?? 64 * 1024 * 1024, 0),
    maxRedirects: count('maxRedirects', profile.maxRedirects ?? 20, 0),
    maxConcurrent: count('maxConcurrent', profile.maxConcurrent ?? 0, 0),
    retry: normaliseRetry(RETRY, profile.retry ?? {}),
    ...(tls ? { tls } : {}),
    ...(proxy ? { proxy: normaliseProxy(proxy) } : {}),
    ...(auth ? { auth: normaliseAuth(auth) } : {}),
    ...(rateLimit
      ? {
          rateLimit: {
            requests: count('requests', rateLimit.requests, 1),
            perMillis: millis('perMillis', rateLimit.perMillis ?? 1_000, 1),
          },
        }
      : {}),
    ...(circuitBreaker
      ? {
          circuitBreaker: {
            failures: count('failures', circuitBreaker.failures, 1),
            openMillis: millis('openMillis', circuitBreaker.openMillis ?? 30_000, 1),
          },
        }
      : {}),
  };
}

/** @throws PoolError `HTTP_INVALID_PROFILE` */
export function normaliseRetry(defaults: HttpRetry, given: Partial<HttpRetry>): HttpRetry {
  const merged = {
    ...defaults,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  const isStatus = (status: unknown) => Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  if (!Array.isArray(merged.statuses) || !merged.statuses.every(isStatus)) {
    throw invalid(t`The statuses that are tried again must be numbers from 400 to 599.`);
  }
  return {
    attempts: count('attempts', merged.attempts, 1),
    statuses: [...new Set(merged.statuses)].sort((one, other) => one - other),
    initialMillis: millis('initialMillis', merged.initialMillis, 0),
    maximumMillis: millis('maximumMillis', merged.maximumMillis, 0),
    maxRetryAfterMillis: millis('maxRetryAfterMillis', merged.maxRetryAfterMillis, 0),
  };
}

function normaliseAuth(auth: HttpAuth): HttpAuth {
  switch (auth.kind) {
    case 'basic':
      if (auth.username.includes(':'))
        throw invalid(t`A user name with a colon does not work with basic authentication.`);
      return { kind: 'basic', username: auth.username, password: auth.password };
    case 'bearer':
      return { kind: 'bearer', token: headerSafe(t`bearer token`, auth.token) };
    case 'api-key': {
      const { name = 'x-api-key', place = 'header' } = auth;
      if (place === 'query') return { kind: 'api-key', name, place, value: auth.value };
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw invalid(t`The API key needs the name of a header.`);
      return { kind: 'api-key', name: name.toLowerCase(), place, value: headerSafe(t`API key`, auth.value) };
    }
    case 'oauth2':
      return normaliseOAuth(auth);
    default:
      throw invalid(t`The kind of authentication must be basic, bearer, api-key or oauth2.`);
  }
}

function normaliseOAuth(auth: OAuth2): OAuth2 {
  const { grant = 'client_credentials', authStyle = 'header' } = auth;
  if (!auth.clientId) throw invalid(t`OAuth 2 needs a client id.`);
  if (grant === 'refresh_token' && !auth.refreshToken)
    throw invalid(t`OAuth 2 by refresh token needs one to begin with.`);
  if (grant !== 'refresh_token' && grant !== 'client_credentials') {
    throw invalid(t`The OAuth 2 grant must be client_credentials or refresh_token.`);
  }
  const { clientSecret, refreshToken, scope, audience, params } = auth;
  return {
    kind: 'oauth2',
    grant,
    authStyle,
    tokenUrl: webUrl(auth.tokenUrl, t`token URL`).href,
    clientId: auth.clientId,
    ...(clientSecret ? { clientSecret } : {}),
    ...(refreshToken && grant === 'refresh_token' ? { refreshToken } : {}),
    ...(scope ? { scope } : {}),
    ...(audience ? { audience } : {}),
    ...(params && Object.keys(params).length > 0 ? { params } : {}),
  };
}

function normaliseProxy(proxy: HttpProxy): HttpProxy {
  const url = webUrl(proxy.url, t`proxy URL`);
  const username = proxy.username || decoded(url.username);
  const password = proxy.password || decoded(url.password);
  const noProxy = [...new Set((proxy.noProxy ?? []).map((rule) => rule.trim().toLowerCase()).filter(Boolean))].sort();
  return {
    url: url.origin,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(noProxy.length > 0 ? { noProxy } : {}),
  };
}

function basicOf({ username, password }: URL): HttpAuth | undefined {
  if (username === '' && password === '') return undefined;
  return { kind: 'basic', username: decoded(username), password: decoded(password) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(t`A percent sign in the user or password of a URL must be written as %25.`);
  }
}

/** The text is never in the error: it may have a password in it. */
function webUrl(text: string, what: string, setting?: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    const fault = t`must begin with http:// or https:// and name a host`;
    throw invalid(t`The ${what} must begin with http:// or https:// and name a host.`, setting, fault);
  }
  url.hash = '';
  return url;
}

function headerSafe(what: string, value: string): string {
  if (!value || /[^\t\x20-\x7e\x80-\xff]/.test(value))
    throw invalid(t`The ${what} is empty or can't be sent in a header.`);
  return value;
}

function count(name: string, value: number, from: number): number {
  if (!Number.isSafeInteger(value) || value < from) throw mustBe(name, t`a whole number from ${from}`);
  return value;
}

function millis(name: string, value: number, from: number): number {
  if (Number.isFinite(value) && value >= from && value <= MAX_MILLIS) return Math.round(value);
  throw mustBe(name, t`a number of milliseconds from ${from}`);
}

function mustBe(setting: string, expected: string): PoolError {
  return invalid(t`"${setting}" must be ${expected}.`, setting, t`must be ${expected}`);
}

/** @param fault completes the sentence that begins with the setting */
function invalid(message: string, setting?: string, fault?: string): PoolError {
  const detail = { statement: message, ...(setting === undefined || fault === undefined ? {} : { setting, fault }) };
  return new PoolError('HTTP_INVALID_PROFILE', t`${message} Correct it in the connection profile.`, {
    kind: 'refused',
    detail,
  });
}
