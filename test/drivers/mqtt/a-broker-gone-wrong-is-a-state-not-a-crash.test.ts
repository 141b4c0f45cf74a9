import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { PacketCmd } from 'mqtt-packet';
import { active, MqttNode, mqttPool } from '../../support/mqtt-node';
import { reached } from '../../support/states';
import { startStub } from '../../support/stub-broker';
import type { StubConnection } from '../../support/stub-connection';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

type Misdeed = (connection: StubConnection) => void;

const MISDEEDS: Record<string, Misdeed> = {
  'closes the socket': (connection) => connection.socket.end(),
  'resets the socket': (connection) => connection.socket.resetAndDestroy(),
  'sends zeros': (connection) => connection.sendRaw(Buffer.alloc(64)),
  'sends ones': (connection) => connection.sendRaw(Buffer.alloc(64, 0xff)),
  'sends noise': (connection) => connection.sendRaw(randomBytes(256)),
  'speaks HTTP': (connection) => connection.sendRaw('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
  'sends an oversized length': (connection) => connection.sendRaw(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff])),
  'sends half a packet and closes': (connection) => connection.socket.end(Buffer.from([0x20, 0x02, 0x00])),
  'sends a CONNACK too many': (connection) =>
    connection.sendRaw(Buffer.from([0x20, 0x02, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00])),
  'answers for nobody': (connection) =>
    connection.sendRaw(Buffer.from([0x40, 0x02, 0x77, 0x77, 0x90, 0x03, 0x77, 0x77, 0x00])),
};

const STEPS: readonly PacketCmd[] = ['connect', 'subscribe', 'publish'];

describe('a broker that', () => {
  const teardown = useTeardown();

  for (const version of [4, 5, 'auto'] as const) {
    for (const step of STEPS) {
      for (const [name, misdeed] of Object.entries(MISDEEDS)) {
        it(`${name} at ${step} (${version}) is survived, and used again when it behaves`, async () => {
          let angry = true;
          let misdeeds = 0;
          const broker = teardown.stopLater(
            await startStub({
              onPacket: (packet, connection) => {
                if (!angry || packet.cmd !== step) return false;
                misdeeds += 1;
                misdeed(connection);
                return true;
              },
            }),
          );
          const pool = mqttPool(teardown);
          const profile = { brokers: [broker.url], protocolVersion: version, connectTimeoutMillis: 150 };
          const node = new MqttNode(pool, profile);
          const subscription = node.subscribe('a', { qos: 1 });
          const published = node.publish({ topic: 'a', payload: 'x', qos: 1 });
          await waitFor(() => misdeeds > 0, 'the misdeed');
          angry = false;
          // What only never answers is found out by who knows the line: break it.
          if (step !== 'connect') broker.dropAll();
          await active(subscription);
          await published;
          // The first one may have been taken before the subscription was.
          await node.publish({ topic: 'a', payload: 'y', qos: 1 });
          await node.got('y');
          assert.equal(node.lease.state.kind, 'connected');
        });
      }
    }
  }

  it('sends garbage before anything was said does no harm', async () => {
    let angry = true;
    const broker = teardown.stopLater(
      await startStub({
        onSocket: (socket) => {
          if (angry) socket.write(randomBytes(100));
          angry = false;
        },
      }),
    );
    const profile = { brokers: [broker.url], protocolVersion: 5 as const, connectTimeoutMillis: 150 };
    const node = new MqttNode(mqttPool(teardown), profile);
    await node.subscribed('a', { qos: 1 });
    await node.publish({ topic: 'a', payload: 'x', qos: 1 });
    await node.got('x');
  });

  it('never answers the CONNECT is given up after the timeout of the profile', async () => {
    const broker = teardown.stopLater(await startStub());
    broker.hold('connack');
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 4,
      connectTimeoutMillis: 60,
    });
    const { error } = await reached(node.lease, 'waiting');
    assert.equal(error.code, 'CONNECT_TIMEOUT');
    broker.release('connack');
    await reached(node.lease, 'connected');
    await waitFor(() => broker.connections.length === 1, 'the sockets of the other attempts to be closed');
  });

  it('falls silent is noticed by keep-alive', async () => {
    const broker = teardown.stopLater(await startStub());
    const node = new MqttNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: 4, keepAliveSeconds: 1 });
    await node.lease.connect();
    broker.hold('pingresp');
    const { error } = await reached(node.lease, 'waiting');
    assert.match(error.code, /^MQTT_(CONNECTION_LOST|BROKER_UNREACHABLE)$/);
  });

  it('never answers a SUBSCRIBE delays nobody else', async () => {
    const broker = teardown.stopLater(await startStub());
    const pool = mqttPool(teardown);
    const profile = { brokers: [broker.url], protocolVersion: 5 as const };
    const [node, neighbour] = [new MqttNode(pool, profile), new MqttNode(pool, profile)];
    await neighbour.subscribed('a', { qos: 1 });
    broker.hold('suback');
    const subscription = node.subscribe('b', { qos: 1 });
    await neighbour.publish({ topic: 'a', payload: 'x', qos: 1 });
    await neighbour.got('x');
    assert.equal(subscription.state.kind, 'pending');
    await node.release();
    await neighbour.publish({ topic: 'a', payload: 'y', qos: 1 });
    await neighbour.got('y');
  });

  it('does not answer a goodbye is left within about two seconds', async () => {
    const broker = teardown.stopLater(
      await startStub({ onPacket: ({ cmd }) => cmd === 'disconnect' || cmd === 'publish' }),
    );
    const node = new MqttNode(mqttPool(teardown), {
      brokers: [broker.url],
      protocolVersion: 4,
      close: { topic: 'state', payload: 'bye', qos: 1 },
    });
    await node.lease.connect();
    const began = Date.now();
    await node.release();
    assert.ok(Date.now() - began < 15_000);
    await waitFor(() => broker.connections.length === 0, 'the socket to be closed');
  });
});
