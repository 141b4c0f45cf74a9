/** (g) Messages lost of those sent before the connection is up, and while the broker is down. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Mosquitto } from '../../test/support/mosquitto';
import { startProxy, type TcpProxy } from '../../test/support/tcp-proxy';
import { waitFor } from '../../test/support/waiting';
import type { BenchCase } from '../bench';
import { Flow, type Package } from '../flows';
import type { Qos } from '../processes/mqtt-bytes';
import { type Subject, withResources } from '../resources';

const MESSAGES = 100;
const OUTAGE_MILLIS = 10_000;
const RECONNECT_MILLIS = 30_000;
/** How long to wait for stragglers once the connection is up. */
const ARRIVAL_MILLIS = 3000;

interface Loss {
  readonly beforeConnect: number;
  readonly duringOutage: number;
}

export const loss: BenchCase = {
  letter: 'g',
  title: `lost of ${MESSAGES} messages given to a sink that is not connected`,
  run: async (settings) => {
    settings.progress(`about ${OUTAGE_MILLIS / 1000 + 10} s of outage`);
    const [core0, core1, pool0, pool1] = await Promise.all([
      countLost('core', 0),
      countLost('core', 1),
      countLost('pool', 0),
      countLost('pool', 1),
    ]);
    const row = (what: string, core: number, pool: number) => ({
      what,
      unit: 'messages',
      core,
      pool,
      target: '0',
      reached: pool === 0,
    });
    const outage = `broker down for ${OUTAGE_MILLIS / 1000} s`;
    return {
      rows: [
        row('before the connection is up, QoS 0', core0.beforeConnect, pool0.beforeConnect),
        row('before the connection is up, QoS 1', core1.beforeConnect, pool1.beforeConnect),
        row(`${outage}, QoS 0`, core0.duringOutage, pool0.duringOutage),
        row(`${outage}, QoS 1`, core1.duringOutage, pool1.duringOutage),
      ],
      raw: { core: [core0, core1], pool: [pool0, pool1] },
    };
  },
};

/** The sink connects through a proxy, so that the receiver is there before it whenever the broker comes up. */
function countLost(which: Package, qos: Qos): Promise<Loss> {
  return withResources(async (resources) => {
    const broker = await resources.broker();
    const proxy = resources.teardown.stopLater(await startProxy(broker.port));
    await proxy.stop();
    const subject = await resources.nodeRed(which);
    const flow = new Flow(which).profile('profile', { port: proxy.port, version: 4 }).sink('sink', 'profile', '', qos);

    const first = await Receiver.subscribe(broker, 'before');
    await subject.call.deploy(flow.nodes);
    await inject(subject, 'before', 0);
    await proxy.start();
    const beforeConnect = await lost(first, proxy);
    await first.end();

    await proxy.stop();
    await broker.halt();
    await inject(subject, 'outage', OUTAGE_MILLIS);
    await broker.start();
    const second = await Receiver.subscribe(broker, 'outage');
    await proxy.start();
    const duringOutage = await lost(second, proxy);
    await second.end();
    return { beforeConnect, duringOutage };
  });
}

/** Spreads the messages over a time. */
async function inject(subject: Subject, topic: string, millis: number): Promise<void> {
  for (let index = 0; index < MESSAGES; index += 1) {
    await subject.call.inject('sink', topic, String(index));
    if (millis > 0) await sleep(millis / MESSAGES);
  }
}

async function lost(receiver: Receiver, proxy: TcpProxy): Promise<number> {
  await waitFor(() => proxy.open > 0, 'the sink to connect', RECONNECT_MILLIS);
  const end = Date.now() + ARRIVAL_MILLIS;
  while (receiver.received.size < MESSAGES && Date.now() < end) await sleep(20);
  return MESSAGES - receiver.received.size;
}

class Receiver {
  /** Different payloads that have arrived. */
  readonly received = new Set<string>();
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (_topic, payload) => this.received.add(payload.toString()));
  }

  static async subscribe(broker: Mosquitto, topic: string): Promise<Receiver> {
    const client = await connectAsync(broker.url, { protocolVersion: 4 });
    const receiver = new Receiver(client);
    await client.subscribeAsync(topic, { qos: 1 });
    return receiver;
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
