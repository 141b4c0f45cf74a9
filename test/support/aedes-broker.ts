/** aedes in this process: a broker of 3.1 and 3.1.1 that refuses 5, with counters of the packets it got. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Aedes, AedesOptions } from 'aedes' with { 'resolution-mode': 'import' };
import { freePort } from './ports';

export interface PacketCounts {
  sockets: number;
  connect: number;
  subscribe: number;
  filters: number;
  unsubscribe: number;
  publish: number;
}

/** Starts a broker and settles when it accepts connections. */
export async function startAedes(options: AedesOptions & { port?: number } = {}): Promise<AedesBroker> {
  const { port, ...aedesOptions } = options;
  const broker = new AedesBroker(port ?? (await freePort()), aedesOptions);
  await broker.start();
  return broker;
}

export class AedesBroker {
  readonly port: number;
  readonly url: string;
  readonly counts: PacketCounts = { sockets: 0, connect: 0, subscribe: 0, filters: 0, unsubscribe: 0, publish: 0 };
  readonly #options: AedesOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #aedes: Aedes | undefined;

  constructor(port: number, options: AedesOptions) {
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
    this.#options = options;
  }

  /** Connections open now. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** The aedes instance, for hooks and for publishing from the broker itself. */
  get aedes(): Aedes {
    if (this.#aedes === undefined) throw new Error('aedes is not running');
    return this.#aedes;
  }

  /** Starts it (again) on its port, with nothing retained. */
  async start(): Promise<void> {
    const module = await import('aedes');
    const aedes = await module.Aedes.createBroker(this.#options);
    this.#count(aedes);
    const server = createServer((socket) => {
      this.counts.sockets += 1;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#aedes = aedes;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    const aedes = this.#aedes;
    this.#server = undefined;
    this.#aedes = undefined;
    if (server === undefined || aedes === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => aedes.close(resolve));
    await closed;
  }

  #count(aedes: Aedes): void {
    const { preConnect } = aedes;
    aedes.preConnect = (client, packet, callback) => {
      this.counts.connect += 1;
      preConnect(client, packet, callback);
    };
    aedes.on('subscribe', (subscriptions) => {
      this.counts.subscribe += 1;
      this.counts.filters += subscriptions.length;
    });
    aedes.on('unsubscribe', () => {
      this.counts.unsubscribe += 1;
    });
    aedes.on('publish', (_packet, client) => {
      if (client !== null) this.counts.publish += 1;
    });
  }
}
