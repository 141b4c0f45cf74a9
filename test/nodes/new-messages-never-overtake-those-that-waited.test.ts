import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { startRedis } from '../support/redis-server';
import { startProxy } from '../support/tcp-proxy';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { type FlowNode, profile, redisNode, redisProfile, sink, startFlow, TAB } from './node-red';

const WAITING = 2000;

interface Kind {
  /** Starts a server; tells of its port, and of all that it passes on, once somebody listens there. */
  readonly start: () => Promise<{ readonly port: number; readonly arrived: () => readonly string[] }>;
  readonly nodes: (port: number) => readonly FlowNode[];
}

describe('new messages never overtake those that waited for the connection', () => {
  const teardown = useTeardown();

  const mqtt = (qos: 0 | 1): Kind => ({
    start: async () => {
      const broker = teardown.stopLater(await startMosquitto({ log: 'little' }));
      const listener = teardown.closeLater(await PrivateClient.connect(broker.url));
      await listener.subscribe('numbers', { qos });
      return { port: broker.port, arrived: () => listener.payloads };
    },
    nodes: (port) => [profile(port), sink({ topic: 'numbers', qos: String(qos) })],
  });

  const redis: Kind = {
    start: async () => {
      const server = teardown.stopLater(await startRedis());
      const client = await server.client();
      const payloads: string[] = [];
      client.on('message', (_channel: string, payload: string) => payloads.push(payload));
      await client.subscribe('numbers');
      return { port: server.port, arrived: () => payloads };
    },
    nodes: (port) => [redisProfile(port), redisNode('sink', { structure: 'publish', key: 'numbers' })],
  };

  for (const [name, kind] of Object.entries({ 'MQTT QoS 0': mqtt(0), 'MQTT QoS 1': mqtt(1), PUBLISH: redis })) {
    it(name, async () => {
      const { port, arrived } = await kind.start();
      const proxy = teardown.stopLater(await startProxy(port));
      const flow = await startFlow(teardown, [TAB, ...kind.nodes(proxy.port)]);
      await flow.connected('sink');
      await proxy.stop();
      await flow.shows('sink', /^disconnected/);
      let sent = 0;
      const send = () => flow.send('sink', { payload: String(sent++) });
      while (sent < WAITING) send();
      await proxy.start();
      // While those that waited are on their way, and on.
      await waitFor(() => {
        send();
        return arrived().length >= WAITING;
      }, 'those that waited');
      await waitFor(
        () => arrived().length >= sent,
        () => `all; ${arrived().length} of ${sent} came`,
      );
      assert.deepEqual(
        arrived(),
        Array.from({ length: sent }, (_value, index) => String(index)),
      );
    });
  }
});
