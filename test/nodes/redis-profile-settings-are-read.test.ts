import assert from 'node:assert/strict';
import { readRedisProfile } from '../../src/runtime/redis-profile-settings';

const profileOf = (settings: object, credentials: object = {}, tlsNode?: unknown) =>
  readRedisProfile({ ...settings }, credentials, tlsNode).profile;

describe('settings of a Redis profile are read', () => {
  it('with the defaults for a server on this machine', () => {
    assert.deepEqual(profileOf({}), {
      endpoint: { kind: 'standalone', host: 'localhost', port: 6379 },
      database: 0,
    });
  });

  it('with numbers and booleans as text', () => {
    const settings = {
      mode: 'standalone',
      host: 'a',
      port: '6380',
      database: '2',
      usetls: 'true',
      verifyservercert: 'true',
      connectionName: 'me',
      connectTimeoutSeconds: '2.5',
      commandTimeoutSeconds: '0.5',
      resend: 'never',
      lingerMillis: '0',
      queueMaxCount: '5',
      queueMaxMegabytes: '0.5',
      queueMaxAgeSeconds: '1.5',
      queueOverflow: 'drop-oldest',
    };
    const read = readRedisProfile(settings, { user: 'u', password: 'p' });
    assert.deepEqual(read.profile, {
      endpoint: { kind: 'standalone', host: 'a', port: 6380 },
      database: 2,
      username: 'u',
      password: 'p',
      tls: { rejectUnauthorized: true },
      connectionName: 'me',
      connectTimeoutMillis: 2500,
      commandTimeoutMillis: 500,
      resend: 'never',
    });
    assert.deepEqual(read.queue, { maxCount: 5, maxBytes: 524288, maxAgeMillis: 1500, overflow: 'drop-oldest' });
    assert.equal(read.lingerMillis, 0);
  });

  it('from a URL, with database and TLS', () => {
    const endpoint = { kind: 'standalone', host: 'a', port: 6380 };
    assert.deepEqual(profileOf({ mode: 'url', url: 'redis://a:6380/3' }), { endpoint, database: 3 });
    const secure = profileOf({ mode: 'url', url: 'rediss://a:6380', database: '1' });
    assert.deepEqual(secure, { endpoint, database: 1, tls: { rejectUnauthorized: true } });
    assert.deepEqual(profileOf({ mode: 'url', url: 'redis://[::1]' }).endpoint, {
      kind: 'standalone',
      host: '::1',
      port: 6379,
    });
  });

  it('for a unix socket, without TLS', () => {
    assert.deepEqual(profileOf({ mode: 'unix', path: '/run/r.sock', usetls: true }), {
      endpoint: { kind: 'unix', path: '/run/r.sock' },
      database: 0,
    });
  });

  it('for Sentinel, with credentials of its own', () => {
    const settings = { mode: 'sentinel', sentinels: 'a, b:1,[::1]:2', masterName: 'm' };
    const credentials = { password: 'p', sentinelUser: 'su', sentinelPassword: 'sp' };
    assert.deepEqual(profileOf(settings, credentials), {
      endpoint: {
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 1 },
          { host: '::1', port: 2 },
        ],
        masterName: 'm',
        sentinelUsername: 'su',
        sentinelPassword: 'sp',
      },
      database: 0,
      password: 'p',
    });
  });

  it('for a cluster', () => {
    assert.deepEqual(profileOf({ mode: 'cluster', nodes: 'a:7000,b' }).endpoint, {
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
      ],
    });
  });

  it('with TLS from the tls-config node, and a warning when nothing is verified', () => {
    const tlsNode = { addTLSOptions: (options: Record<string, unknown>) => Object.assign(options, { ca: 'CA' }) };
    assert.deepEqual(profileOf({ usetls: true }, {}, tlsNode).tls, { ca: 'CA', rejectUnauthorized: true });
    const careless = readRedisProfile({ usetls: true, verifyservercert: false }, {});
    assert.deepEqual(careless.warnings, ['certificate-not-verified']);
  });
});

describe('settings of a Redis profile that cannot work are an error naming the field', () => {
  const wrong: readonly (readonly [field: string, settings: object])[] = [
    ['mode', { mode: 'x' }],
    ['host', { host: 'a/b' }],
    ['port', { port: '0' }],
    ['port', { port: '65536' }],
    ['port', { port: 'abc' }],
    ['url', { mode: 'url' }],
    ['url', { mode: 'url', url: 'http://a' }],
    ['url', { mode: 'url', url: 'redis://a/x' }],
    ['url', { mode: 'url', url: 'redis://a?password=secret' }],
    ['url', { mode: 'url', url: 'redis://user:secret@a' }],
    ['path', { mode: 'unix' }],
    ['sentinels', { mode: 'sentinel', masterName: 'm' }],
    ['sentinels', { mode: 'sentinel', sentinels: 'a:b', masterName: 'm' }],
    ['masterName', { mode: 'sentinel', sentinels: 'a' }],
    ['nodes', { mode: 'cluster', nodes: ' , ' }],
    ['nodes', { mode: 'cluster', nodes: 'a:70000' }],
    ['database', { database: '-1' }],
    ['database', { database: '1.5' }],
    ['database', { mode: 'cluster', nodes: 'a', database: 1 }],
    ['connectionName', { connectionName: 'a b' }],
    ['connectTimeoutSeconds', { connectTimeoutSeconds: '0' }],
    ['commandTimeoutSeconds', { commandTimeoutSeconds: 'soon' }],
    ['resend', { resend: 'maybe' }],
    ['queueMaxCount', { queueMaxCount: '1.5' }],
    ['queueOverflow', { queueOverflow: 'x' }],
    ['lingerMillis', { lingerMillis: '-1' }],
  ];
  for (const [field, settings] of wrong) {
    it(`${field} in ${JSON.stringify(settings)}`, () => {
      assert.throws(
        () => profileOf(settings),
        (error: { code?: string; message: string; kind?: string }) => {
          assert.equal(error.code, 'REDIS_INVALID_PROFILE');
          assert.equal(error.kind, 'refused');
          assert.match(error.message, new RegExp(`^"(?:${field}|[^"(]+ \\(${field}\\))" must be `, 'i'));
          assert.ok(!error.message.includes('secret'));
          return true;
        },
      );
    });
  }

  it('and so is a tls-config node that is gone', () => {
    assert.throws(() => profileOf({ usetls: true }, {}, null), { code: 'REDIS_TLS' });
  });
});
