import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { testProfile } from '../../src/core/test-profile';
import { httpDriver } from '../../src/drivers/http/http-driver';
import { startAdminApi } from '../support/admin-api';
import { startHttpServer } from '../support/http-server';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

const SECRET = 'right-password';
const WRONG = 'hidden-wrong-one';
const BASIC = `Basic ${Buffer.from(`site:${SECRET}`).toString('base64')}`;

describe('the admin API: testing settings of HTTP', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  it('sends a request that changes nothing, with the credentials', async () => {
    const server = teardown.stopLater(
      await startHttpServer(({ headers, method, url }, response) => {
        if (url.startsWith('/get-only') && method === 'HEAD') response.statusCode = 405;
        else if (url.startsWith('/broken')) response.statusCode = 503;
        else if (url.startsWith('/moved')) response.writeHead(302, { location: 'http://127.0.0.1:1/login' });
        else if (headers.authorization !== BASIC) response.statusCode = 401;
        else if (url.startsWith('/nothing')) response.statusCode = 404;
        response.end();
      }),
    );
    const api = await startAdminApi(teardown, { flow: [] });
    const ask = async (path: string, password?: string) => {
      const settings = { baseUrl: `${server.url}${path}`, ...(password === undefined ? {} : { auth: 'basic' }) };
      const credentials = password === undefined ? {} : { user: 'site', password };
      const { body, text } = await api.call('POST', 'test', { json: { type: 'http', settings, credentials } });
      assert.ok(!text.includes(WRONG) && !text.includes(SECRET), text);
      return body;
    };
    assert.equal((await ask('/', SECRET)).details.status, 200);
    assert.equal((await ask('/get-only', SECRET)).details.status, 200);
    assert.equal((await ask('/nothing', SECRET)).details.status, 404);
    assert.equal((await ask('/moved', SECRET)).details.status, 302);
    const [wrong, none, broken] = [await ask('/', WRONG), await ask('/'), await ask('/broken', SECRET)];
    assert.equal(`${wrong.ok} ${wrong.error.code}`, 'false HTTP_UNAUTHORIZED');
    assert.match(wrong.error.message, /answers with status 401: it does not take these credentials/);
    assert.match(none.error.message, /it wants credentials/);
    assert.equal(broken.error.code, 'HTTP_SERVER_ERROR');
    assert.deepEqual(
      server.seen.map(({ method, url }) => `${method} ${url}`),
      ['HEAD /', 'HEAD /get-only', 'GET /get-only', 'HEAD /nothing', 'HEAD /moved', 'HEAD /', 'HEAD /', 'HEAD /broken'],
    );
    assert.deepEqual((await api.call('GET', 'connections')).body, { connections: [] });
  });

  it('asks for a token, and says why there is none', async () => {
    const server = teardown.stopLater(
      await startHttpServer(({ url, body }, response) => {
        if (url === '/token' && body.includes(WRONG)) response.statusCode = 401;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ access_token: 'abc', token_type: 'Bearer', expires_in: 3600 }));
      }),
    );
    const api = await startAdminApi(teardown, { flow: [] });
    const settings = { baseUrl: server.url, auth: 'oauth2', tokenUrl: `${server.url}/token`, authStyle: 'body' };
    const ask = async (clientSecret: string) => {
      const json = { type: 'http', settings, credentials: { clientId: 'me', clientSecret } };
      return (await api.call('POST', 'test', { json })).body;
    };
    assert.equal((await ask(SECRET)).ok, true);
    assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer abc');
    assert.equal((await ask(WRONG)).error.code, 'HTTP_TOKEN_REFUSED');
  });

  it('is given up after its time when the server never answers', async () => {
    const server = teardown.stopLater(await startHttpServer(() => undefined));
    const pool = teardown.closeLater(new Pool());
    const result = await testProfile(pool, httpDriver, { baseUrl: server.url }, 300);
    assert.equal(!result.ok && result.error.code, 'CONNECT_TIMEOUT');
  });
});

describe('the admin API: testing an EdgeX profile', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  it('tries the profile of its bus, deployed or named', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { site: SECRET } }));
    const redis = teardown.stopLater(await startRedis({ password: SECRET }));
    const flow = [
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) },
      { id: 'r', type: 'pool-redis-profile', named: 'cache' },
    ];
    const bus = { type: 'redis', server: '127.0.0.1', port: redis.port, optional: { Password: SECRET } };
    const site = {
      redis: { cache: { host: '127.0.0.1', port: redis.port, password: SECRET } },
      edgex: { redisMsgBus: bus, wrong: { ...bus, optional: { Password: WRONG } } },
    };
    const files = {
      'flows_cred.json': JSON.stringify({ m: { user: 'site', password: SECRET } }),
      'connections/site.yaml': JSON.stringify(site),
    };
    const api = await startAdminApi(teardown, { flow, files });
    const ask = async (settings: object) => {
      const { body, status, text } = await api.call('POST', 'test', { json: { type: 'edgex', settings } });
      assert.equal(status, 200, text);
      assert.ok(!text.includes(SECRET) && !text.includes(WRONG), text);
      return body;
    };
    assert.equal((await ask({ bus: 'mqtt', mqttProfile: 'm' })).ok, true);
    assert.equal((await ask({ bus: 'redis', redisProfile: 'r' })).details.mode, 'standalone');
    assert.equal((await ask({ named: 'redisMsgBus' })).ok, true);
    assert.match((await ask({ named: 'wrong' })).error.code, /^REDIS_/);
    assert.equal((await ask({ named: 'nothing' })).error.code, 'NAMED_PROFILE_UNKNOWN');
    assert.equal((await ask({ bus: 'redis', redisProfile: 'm' })).error.code, 'NO_PROFILE');
    assert.equal((await ask({ bus: 'mqtt' })).error.code, 'NO_PROFILE');
    assert.equal((await ask({ bus: 'mqtt', mqttProfile: 'm', base: 'a/#' })).error.code, 'EDGEX_INVALID_PROFILE');
    assert.equal(broker.count('CONNECT'), 1);
  });
});
