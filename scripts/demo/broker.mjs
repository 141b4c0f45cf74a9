/** The embedded MQTT broker, which counts what really reaches it. */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { listen } from './listen.mjs';

/** What the profiles of the demo log in with: so the broker tells the flows' clients from anyone else's. */
export const credentials = { user: 'demo', password: 'demo' };

export class DemoBroker {
  #aedes;
  #server;
  #sockets = new Set();
  #clients = new Set();
  port = 0;
  /** Publications received from the flows, but for events of EdgeX and those about the connection itself. */
  sent = 0;
  /** Most clients of the flows connected at one time. */
  peak = 0;
  /** Connections the flows made in all. */
  connects = 0;
  /** Wills published: a connection ended without saying good-bye. */
  wills = 0;
  lastSubscribe = 0;

  /** Starts it on the first free port from `firstPort`. */
  static async start(firstPort, willTopic) {
    const broker = new DemoBroker();
    const aedes = await Aedes.createBroker({
      authenticate: (client, user, _password, done) => {
        client.ofTheFlows = user === credentials.user;
        done(null, true);
      },
    });
    aedes.on('clientReady', (client) => client.ofTheFlows && broker.#add(client));
    aedes.on('clientDisconnect', (client) => broker.#clients.delete(client));
    aedes.on('subscribe', () => (broker.lastSubscribe = Date.now()));
    aedes.on('publish', (packet, client) => {
      if (packet.topic === willTopic && String(packet.payload) === 'lost') broker.wills += 1;
      else if (client?.ofTheFlows && packet.topic !== willTopic && !packet.topic.startsWith('edgex/')) broker.sent += 1;
    });
    broker.#aedes = aedes;
    broker.#server = createServer((socket) => {
      broker.#sockets.add(socket);
      socket.on('close', () => broker.#sockets.delete(socket));
      aedes.handle(socket);
    });
    broker.port = await listen(broker.#server, firstPort);
    return broker;
  }

  /** Clients of the flows connected now. */
  get connections() {
    return this.#clients.size;
  }

  async stop() {
    await new Promise((resolve) => this.#aedes.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #add(client) {
    this.#clients.add(client);
    this.connects += 1;
    this.peak = Math.max(this.peak, this.#clients.size);
  }
}
