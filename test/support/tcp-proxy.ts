/** A TCP proxy in front of a broker: outages, half-open connections and delays without touching the broker. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { freePort } from './ports';

export class TcpProxy {
  readonly port: number;
  readonly url: string;
  /** Connections accepted so far. */
  accepted = 0;
  /** Called for each connection; what it returns is shown all that the server sends on it. */
  tap: (() => (chunk: Buffer) => void) | undefined;
  readonly #target: number;
  readonly #tls: TlsOptions | undefined;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #server: Server | undefined;
  #silent = false;
  #swallowing = false;

  constructor(port: number, target: number, tls?: TlsOptions) {
    this.port = port;
    this.url = `${tls === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${port}`;
    this.#target = target;
    this.#tls = tls;
  }

  get open(): number {
    return this.#pairs.size;
  }

  /** Accepts connections (again). */
  async start(): Promise<void> {
    const join = (near: Socket): void => this.#join(near);
    const server = this.#tls === undefined ? createServer(join) : createTlsServer(this.#tls, join);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  /** Refuses new connections and breaks the present ones, without a goodbye in either direction. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server === undefined ? undefined : new Promise<void>((resolve) => server.close(() => resolve()));
    this.cut();
    await closed;
  }

  /** Breaks the present connections; new ones are still accepted. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#pairs.clear();
  }

  /** Holds back all bytes in both directions, as a network that silently fails does; `false` lets them flow on. */
  silence(silent: boolean): void {
    this.#silent = silent;
    for (const socket of [...this.#pairs].flat()) {
      if (silent) socket.pause();
      else socket.resume();
    }
  }

  /** Forwards nothing more on the present connections and never says so, as a firewall that forgot them; new ones work. */
  strand(): void {
    for (const socket of [...this.#pairs].flat()) socket.pause();
  }

  /** Passes on what clients send and loses what is answered, as a connection does that breaks at the wrong moment. */
  swallowAnswers(swallow: boolean): void {
    this.#swallowing = swallow;
  }

  #join(near: Socket): void {
    this.accepted += 1;
    const far = connect(this.#target, '127.0.0.1');
    const pair = [near, far] as const;
    this.#pairs.add(pair);
    const tap = this.tap?.();
    if (tap) far.on('data', tap);
    for (const [from, to] of [pair, [far, near] as const]) {
      from.setNoDelay(true);
      from.on('data', (chunk: Buffer) => {
        if (from === near || !this.#swallowing) to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroySoon();
        this.#pairs.delete(pair);
      });
      if (this.#silent) from.pause();
    }
  }
}

/** Starts a proxy to a loopback port; with `tls` it ends TLS for a broker that doesn't. */
export async function startProxy(target: number, tls?: TlsOptions): Promise<TcpProxy> {
  const proxy = new TcpProxy(await freePort(), target, tls);
  await proxy.start();
  return proxy;
}
