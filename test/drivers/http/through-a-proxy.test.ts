import assert from 'node:assert/strict';
import { TEST_CA } from '../../support/certificates';
import { startForwardProxy } from '../../support/forward-proxy';
import { HttpNode, httpPool } from '../../support/http-node';
import { startHttpServer } from '../../support/http-server';
import { freePort } from '../../support/ports';
import { errorOf, reached } from '../../support/states';
import { useTeardown } from '../../support/teardown';

describe('an HTTP connection through a proxy', () => {
  const teardown = useTeardown();

  it('reaches http servers by way of it and https servers through its tunnel, with its password', async () => {
    const proxy = teardown.stopLater(await startForwardProxy('user:hush'));
    const plain = teardown.stopLater(await startHttpServer());
    const secure = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    const settings = { url: proxy.url.replace('//', '//user:hush@') };
    const one = new HttpNode(httpPool(teardown), { baseUrl: plain.url, proxy: settings });
    const response = await one.request({ method: 'POST', path: '/a?b=c', body: 'hello' });
    assert.equal(response.url, `${plain.url}/a?b=c`);
    const other = new HttpNode(httpPool(teardown), { baseUrl: secure.url, proxy: settings, tls: { ca: TEST_CA } });
    for (let times = 0; times < 3; times += 1) assert.equal((await other.request()).status, 200);
    assert.deepEqual(proxy.asked, [`POST ${plain.url}/a?b=c`, `CONNECT ${new URL(secure.url).host}`]);
    assert.equal(plain.seen[0]?.body, 'hello');
    assert.equal(plain.seen[0].headers.host, new URL(plain.url).host);
    assert.ok(!JSON.stringify([plain.seen, secure.seen]).includes('proxy-auth'));
  });

  it('checks the certificate for the host it asked for, in a tunnel as well', async () => {
    const proxy = teardown.stopLater(await startForwardProxy());
    const server = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    // Loopback, but none of the names and addresses in the certificate.
    const baseUrl = `https://127.0.0.2:${server.port}`;
    const node = new HttpNode(httpPool(teardown), { baseUrl, proxy: { url: proxy.url }, tls: { ca: TEST_CA } });
    proxy.redirectTo = `127.0.0.1:${server.port}`;
    assert.equal((await node.fails()).code, 'HTTP_TLS');
    assert.equal(server.seen.length, 0);
  });

  it('goes past it to hosts that need none', async () => {
    const proxy = teardown.stopLater(await startForwardProxy());
    const server = teardown.stopLater(await startHttpServer());
    for (const noProxy of [['127.0.0.1'], ['*'], [`127.0.0.1:${server.port}`], ['.0.0.1']]) {
      const node = new HttpNode(httpPool(teardown), { baseUrl: server.url, proxy: { url: proxy.url, noProxy } });
      assert.equal((await node.request()).status, 200);
    }
    assert.deepEqual(proxy.asked, []);
    const noProxy = ['127.0.0.1:1', 'elsewhere'];
    await new HttpNode(httpPool(teardown), { baseUrl: server.url, proxy: { url: proxy.url, noProxy } }).request();
    assert.equal(proxy.asked.length, 1);
  });

  it('that refuses us is an error without its password', async () => {
    const proxy = teardown.stopLater(await startForwardProxy('user:right'));
    const plain = teardown.stopLater(await startHttpServer());
    const secure = teardown.stopLater(await startHttpServer(undefined, { tls: true }));
    const settings = { url: proxy.url, username: 'user', password: 'wrong-one' };
    const pool = httpPool(teardown);
    for (const baseUrl of [plain.url, secure.url]) {
      const node = new HttpNode(pool, { baseUrl, proxy: settings, tls: { ca: TEST_CA } });
      const error = await node.fails();
      assert.equal(error.code, 'HTTP_PROXY_REFUSED');
      assert.match(error.message, /407/);
      assert.ok(!error.message.includes('wrong-one'));
      if (baseUrl === secure.url)
        assert.equal(errorOf(await reached(node.lease, 'refused')).code, 'HTTP_PROXY_REFUSED');
    }
    assert.ok(!JSON.stringify(pool.snapshot()).includes('wrong-one'));
    assert.equal(plain.seen.length + secure.seen.length, 0);
  });

  it('that is not there is an error that names it', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    for (const baseUrl of ['http://server.example', 'https://server.example']) {
      const node = new HttpNode(httpPool(teardown), { baseUrl, proxy: { url } });
      const error = await node.fails();
      assert.equal(error.code, 'HTTP_UNREACHABLE');
      assert.ok(error.message.includes(url), error.message);
    }
  });
});
