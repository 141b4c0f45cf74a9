import assert from 'node:assert/strict';
import { proxyFor } from '../../src/runtime/proxy-environment';

describe('the proxy of a WebSocket connection', () => {
  it('is http_proxy for ws and https_proxy for wss, in lower or upper case', () => {
    assert.equal(proxyFor('ws://a/', { http_proxy: 'http://p:1' }), 'http://p:1');
    assert.equal(proxyFor('wss://a/', { HTTPS_PROXY: 'http://p:2' }), 'http://p:2');
    assert.equal(proxyFor('wss://a/', { http_proxy: 'http://p:1' }), undefined);
    assert.equal(proxyFor('wss://a/', { ALL_PROXY: 'p:3' }), 'http://p:3');
    assert.equal(proxyFor('ws://a/', { ws_proxy: 'http://p:4', http_proxy: 'http://p:1' }), 'http://p:4');
  });

  it('is none for other connections', () => {
    assert.equal(proxyFor('mqtt://a:1883', { http_proxy: 'http://p:1', all_proxy: 'http://p:1' }), undefined);
  });

  it('is none for the hosts of no_proxy', () => {
    const proxied = (url: string, noProxy: string) =>
      proxyFor(url, { http_proxy: 'http://p:1', NO_PROXY: noProxy }) !== undefined;
    assert.equal(proxied('ws://a.example/', '*'), false);
    assert.equal(proxied('ws://a.example/', 'b, a.example'), false);
    assert.equal(proxied('ws://a.example/', '.example'), false);
    assert.equal(proxied('ws://a.example/', '*.example'), false);
    assert.equal(proxied('ws://a.example:81/', 'a.example:80'), true);
    assert.equal(proxied('ws://a.example/', 'a.example:80'), false);
    assert.equal(proxied('ws://a.example/', 'example'), true);
  });
});
