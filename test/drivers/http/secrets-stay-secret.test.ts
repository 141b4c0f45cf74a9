import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { SEND_CHANNEL, SETTLE_CHANNEL } from '../../../src/core/tracing';
import type { HttpAuth, HttpProfile } from '../../../src/drivers/http/profile';
import { HttpNode, httpPool } from '../../support/http-node';
import { type Answer, startHttpServer } from '../../support/http-server';
import { freePort } from '../../support/ports';
import { useTeardown } from '../../support/teardown';

const SECRET = 'topmost';

describe('the secrets of an HTTP profile', () => {
  const teardown = useTeardown();

  it('are in no error, snapshot, state, warning or event, whatever goes wrong', async () => {
    const told: unknown[] = [];
    const listen = (event: unknown) => told.push(event);
    for (const name of [SEND_CHANNEL, SETTLE_CHANNEL]) {
      subscribe(name, listen);
      teardown.defer(() => unsubscribe(name, listen));
    }
    const server = teardown.stopLater(await startHttpServer());
    const answers: readonly Answer[] = [
      (_request, response) => response.writeHead(401).end(),
      (_request, response) => response.socket?.end('nonsense\r\n\r\n'),
      (_request, response) => response.socket?.destroy(),
      (_request, response) => response.writeHead(302, { location: 'ftp://x' }).end(),
      (_request, response) => response.writeHead(302, { location: '/' }).end(),
      (_request, response) => response.writeHead(200, { 'content-length': '10' }).end('x'),
      () => undefined,
    ];
    const auths: readonly HttpAuth[] = [
      { kind: 'basic', username: 'user', password: SECRET },
      { kind: 'bearer', token: SECRET },
      { kind: 'api-key', value: SECRET },
      { kind: 'api-key', place: 'query', name: 'key', value: SECRET },
      { kind: 'oauth2', tokenUrl: server.url, clientId: 'me', clientSecret: SECRET, params: { more: SECRET } },
    ];
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const profiles: HttpProfile[] = auths.flatMap((auth) => [
      { baseUrl: server.url, auth },
      { baseUrl: nowhere, auth },
      { baseUrl: server.url, auth, proxy: { url: nowhere, username: 'user', password: SECRET } },
    ]);
    profiles.push({ baseUrl: `http://user:${SECRET}@${new URL(server.url).host}` });
    const pool = httpPool(teardown);
    pool.onWarning((...warning) => told.push(warning));
    const encoded = Buffer.from(`user:${SECRET}`).toString('base64');
    const check = (value: unknown) => {
      const text = inspect(value, { depth: 20, showHidden: true, maxStringLength: null });
      assert.ok(!text.includes(SECRET) && !text.includes(encoded), text);
    };
    for (const profile of profiles) {
      const node = new HttpNode(pool, { ...profile, maxRedirects: 2, retry: { attempts: 2, initialMillis: 1 } });
      node.lease.onState((state) => told.push(state));
      for (const answer of answers) {
        server.answer = answer;
        const outcome = await node.request({ path: '/p', query: { token: SECRET }, timeoutMillis: 200 }).then(
          ({ url: _url, redirects: _redirects, ...response }) => response,
          (error: unknown) => error,
        );
        check(outcome);
        check([pool.snapshot(), node.lease.address, node.lease.key, node.lease.state]);
      }
      await node.lease.release();
    }
    assert.ok(told.length > 50, `${told.length} events`);
    check(told);
  });
});
