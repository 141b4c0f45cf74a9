import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { startMosquitto } from '../../support/mosquitto';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { freePort } from '../../support/ports';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('WebSockets', () => {
  const teardown = useTeardown();

  it('carry the headers and the path of the profile', async () => {
    const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
    const server = createServer();
    server.on('upgrade', (request, socket) => {
      seen.push({ url: request.url, headers: request.headers });
      socket.destroy();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    teardown.defer(() => server.close());
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [`ws://127.0.0.1:${port}/some/path?query=1`],
      protocolVersion: 4,
      wsHeaders: { 'x-tenant': 'north', authorization: 'Bearer hush-hush' },
    });
    await waitFor(() => seen.length > 0, 'the handshake');
    assert.equal(seen[0]?.url, '/some/path?query=1');
    assert.equal(seen[0].headers['x-tenant'], 'north');
    assert.equal(seen[0].headers.authorization, 'Bearer hush-hush');
    assert.equal(seen[0].headers['sec-websocket-protocol'], 'mqtt');
    await waitFor(() => node.lease.state.kind === 'waiting', 'the failure');
    assert.ok(!JSON.stringify(node.lease.state).includes('hush-hush'));
    assert.ok(!node.lease.address.includes('query'));
  });

  it('go through the HTTP proxy of the profile', async () => {
    const broker = teardown.stopLater(await startMosquitto({ websockets: true }));
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, near) => {
      asked.push(request.url ?? '');
      const far = connect(broker.port, '127.0.0.1', () => near.write('HTTP/1.1 200 OK\r\n\r\n'));
      far.pipe(near);
      near.pipe(far);
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
      near.on('close', () => far.destroy());
      teardown.defer(() => near.destroy());
    });
    const port = await freePort();
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
    teardown.defer(() => proxy.close());
    const node = new MqttNode(mqttPool(teardown), {
      brokers: ['ws://broker.invalid:8080/mqtt'],
      protocolVersion: 5,
      proxy: `http://127.0.0.1:${port}`,
    });
    await node.subscribed('a', { qos: 1 });
    await node.publish({ topic: 'a', payload: 'through', qos: 1 });
    await node.got('through');
    assert.deepEqual(asked, ['broker.invalid:8080']);
    await node.release();
  });
});
