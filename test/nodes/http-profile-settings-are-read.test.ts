import assert from 'node:assert/strict';
import type { PoolError } from '../../src/core/errors';
import { readHttpProfile } from '../../src/runtime/http/http-profile-settings';

const BASE = { baseUrl: 'http://127.0.0.1:8080/api' };
const proxyOf = (settings: object, node?: unknown, environment: Record<string, string> = {}) =>
  readHttpProfile({ ...BASE, ...settings }, {}, node === undefined ? {} : { proxy: node }, environment).profile.proxy;

function refusal(settings: Record<string, unknown>, credentials: Record<string, unknown> = {}): PoolError {
  try {
    readHttpProfile({ ...BASE, ...settings }, credentials, {}, {});
  } catch (thrown) {
    return thrown as PoolError;
  }
  throw new Error(`${JSON.stringify(settings)} should be refused`);
}

describe('the settings of an http profile', () => {
  it('leave everything to the driver when only the base URL is set', () => {
    const { profile, queue, warnings } = readHttpProfile(BASE, {}, {}, {});
    assert.deepEqual(profile, { baseUrl: BASE.baseUrl, http2: false });
    assert.deepEqual([queue, warnings], [{}, []]);
  });

  it('are text in flows and become numbers with units', () => {
    const { profile, lingerMillis, keepOpen } = readHttpProfile(
      {
        ...BASE,
        maxSockets: '8',
        pipelining: '2',
        keepAliveSeconds: '0.5',
        requestTimeoutSeconds: '0',
        maxResponseMegabytes: '1',
        retryAttempts: '5',
        retryStatuses: '429, 500',
        retryInitialSeconds: '0.1',
        maxConcurrent: '4',
        rateRequests: '10',
        rateSeconds: '2',
        circuitFailures: '3',
        circuitOpenSeconds: '',
        lingerMillis: '50',
        keepOpen: true,
      },
      {},
      {},
      {},
    );
    assert.deepEqual(profile, {
      baseUrl: BASE.baseUrl,
      http2: false,
      maxSockets: 8,
      pipelining: 2,
      keepAliveMillis: 500,
      requestTimeoutMillis: 0,
      maxResponseBytes: 1024 * 1024,
      retry: { attempts: 5, statuses: [429, 500], initialMillis: 100 },
      maxConcurrent: 4,
      rateLimit: { requests: 10, perMillis: 2_000 },
      circuitBreaker: { failures: 3 },
    });
    assert.deepEqual([lingerMillis, keepOpen], [50, true]);
  });

  it('have a secret for each kind of authentication', () => {
    const auth = (settings: object, credentials: object) =>
      readHttpProfile({ ...BASE, ...settings }, credentials, {}, {}).profile.auth;
    assert.equal(auth({ auth: 'none' }, { user: 'u', password: 'p' }), undefined);
    assert.deepEqual(auth({ auth: 'basic' }, { user: 'u', password: 'p' }), {
      kind: 'basic',
      username: 'u',
      password: 'p',
    });
    assert.deepEqual(auth({ auth: 'bearer' }, { token: 't' }), { kind: 'bearer', token: 't' });
    assert.deepEqual(auth({ auth: 'api-key', apiKeyName: 'key', apiKeyPlace: 'query' }, { apiKey: 'k' }), {
      kind: 'api-key',
      name: 'key',
      place: 'query',
      value: 'k',
    });
    const oauth = { auth: 'oauth2', tokenUrl: 'https://login.example/token', scope: 'a b', tokenParams: '{"x":1}' };
    assert.deepEqual(auth(oauth, { clientId: 'id', clientSecret: 's' }), {
      kind: 'oauth2',
      tokenUrl: 'https://login.example/token',
      clientId: 'id',
      clientSecret: 's',
      scope: 'a b',
      params: { x: '1' },
    });
  });

  it('take the proxy from where they say', () => {
    const environment = { http_proxy: 'proxy.example:3128', no_proxy: '.internal, other' };
    assert.deepEqual(proxyOf({}, undefined, environment), {
      url: 'http://proxy.example:3128',
      noProxy: ['.internal', 'other'],
    });
    assert.equal(proxyOf({}, undefined, { ...environment, no_proxy: '127.0.0.1' }), undefined);
    assert.equal(proxyOf({ proxyFrom: 'none' }, undefined, environment), undefined);
    const node = { url: 'http://p:1', noproxy: ['a'], credentials: { username: 'u', password: 'w' } };
    const expected = { url: 'http://p:1', noProxy: ['a'], username: 'u', password: 'w' };
    assert.deepEqual(proxyOf({ proxyFrom: 'node' }, node, environment), expected);
  });

  for (const [what, settings, field] of [
    ['no base URL', { baseUrl: '' }, 'baseUrl'],
    ['a base URL of another scheme', { baseUrl: 'ftp://a' }, 'baseUrl'],
    ['a base URL with a password', { baseUrl: 'http://u:sesame@a' }, 'baseUrl'],
    ['a bearer token that is missing', { auth: 'bearer' }, 'token'],
    ['a token URL that is missing', { auth: 'oauth2' }, 'tokenUrl'],
    ['an unknown kind of authentication', { auth: 'digest' }, 'auth'],
    ['no socket at all', { maxSockets: '0' }, 'maxSockets'],
    ['statuses that are none', { retryStatuses: '200' }, 'statuses'],
    ['a proxy that is gone', { proxyFrom: 'node' }, 'proxy'],
    ['negative times', { connectTimeoutSeconds: -1 }, 'connectTimeoutSeconds'],
  ] as const) {
    it(`are refused with ${what}`, () => {
      const error = refusal({ ...settings });
      assert.equal(error.code, 'HTTP_INVALID_PROFILE');
      assert.ok(error.message.includes(field), error.message);
      assert.ok(!error.message.includes('sesame'), error.message);
    });
  }
});
