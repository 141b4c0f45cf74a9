import assert from 'node:assert/strict';
import type { PoolError } from '../../../src/core/errors';
import { httpDriver } from '../../../src/drivers/http/http-driver';
import type { HttpProfile } from '../../../src/drivers/http/profile';
import type { HttpRequest } from '../../../src/drivers/http/session';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';

describe('what can not be sent', () => {
  const teardown = useTeardown();

  it('is HTTP_INVALID_REQUEST, sends nothing and disturbs nobody', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const node = new HttpNode(httpPool(teardown), { baseUrl: server.url });
    const wrong: readonly HttpRequest[] = [
      { method: 'GE T' },
      { method: 'CONNECT' },
      { path: 'ftp://127.0.0.1/' },
      { path: 'http://user:pass@127.0.0.1/' },
      { headers: { 'a b': 'c' } },
      { headers: { a: 'b\r\nc: d' } },
      { headers: { a: 'ü€' } },
      { headers: { a: {} as unknown as string } },
      { headers: { expect: '100-continue' } },
      { idempotencyKey: 'a\nb' },
      { timeoutMillis: -1 },
      { retry: { attempts: 0 } },
      { retry: { statuses: [200] } },
      { body: 5 as unknown as string },
      { path: 5 as unknown as string },
    ];
    for (const request of wrong) {
      const error = await node.fails(request);
      assert.equal(error.code, 'HTTP_INVALID_REQUEST', JSON.stringify(request));
    }
    assert.equal(server.seen.length, 0);
    const fine = { headers: { 'content-length': '99', connection: 'close', ['__proto__']: 'x' }, body: 'abc' };
    assert.equal((await node.request(fine)).status, 200);
    assert.equal(server.seen[0]?.body, 'abc');
  });

  it('is HTTP_INVALID_PROFILE if it is in the profile, without repeating it', () => {
    const wrong: readonly Partial<HttpProfile>[] = [
      { baseUrl: 'nothing with-secret' },
      { baseUrl: 'ftp://with-secret@host' },
      { baseUrl: 'http://host/?key=with-secret' },
      { baseUrl: 'http://user:with-secret%@host' },
      { maxSockets: 0 },
      { pipelining: 1.5 },
      { connectTimeoutMillis: 0 },
      { maxResponseBytes: -1 },
      { http2: true as unknown as 'auto' },
      { retry: { attempts: Number.NaN } },
      { rateLimit: { requests: 0 } },
      { circuitBreaker: { failures: 0 } },
      { proxy: { url: 'socks://with-secret' } },
      { auth: { kind: 'bearer', token: 'with-secret\n' } },
      { auth: { kind: 'basic', username: 'with:colon', password: 'with-secret' } },
      { auth: { kind: 'api-key', name: 'no name', value: 'with-secret' } },
      { auth: { kind: 'oauth2', tokenUrl: 'with-secret', clientId: 'x' } },
      { auth: { kind: 'oauth2', tokenUrl: 'http://h', clientId: 'x', grant: 'refresh_token' } },
      { auth: { kind: 'digest' } as unknown as NonNullable<HttpProfile['auth']> },
    ];
    for (const profile of wrong) {
      assert.throws(
        () => httpDriver.normalise({ baseUrl: 'http://host', ...profile }),
        (error: PoolError) => error.code === 'HTTP_INVALID_PROFILE' && !error.message.includes('with-secret'),
        JSON.stringify(profile),
      );
    }
  });

  it('does not keep equal profiles apart', () => {
    const one = httpDriver.normalise({ baseUrl: 'HTTP://Example.COM:80/a/', proxy: { url: 'http://u:p@proxy:3128/' } });
    const other = httpDriver.normalise({
      baseUrl: 'http://example.com/a',
      maxSockets: 16,
      proxy: { url: 'http://proxy:3128', username: 'u', password: 'p', noProxy: [] },
    });
    assert.deepEqual(one, other);
    assert.deepEqual(httpDriver.normalise(one), one);
  });
});
