/** An agent that reaches a WebSocket server through an HTTP proxy's CONNECT tunnel (RFC 9110, 9.3.6). */
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { t } from '../../core/wording';

interface TunnelTarget extends ConnectionOptions {
  readonly host?: string;
  readonly port?: number;
}

export class ProxyAgent extends Agent {
  readonly #proxy: URL;
  readonly #secure: boolean;
  readonly #tls: ConnectionOptions;
  readonly #opened: (socket: Socket) => Socket;

  /**
   * @param secure whether TLS runs inside the tunnel, with the options `tls`
   * @param opened told of the socket as soon as the tunnel is there
   */
  constructor(proxyUrl: string, secure: boolean, tls: ConnectionOptions, opened: (socket: Socket) => Socket) {
    super();
    this.#proxy = new URL(proxyUrl);
    this.#secure = secure;
    this.#tls = tls;
    this.#opened = opened;
  }

  // oxlint-disable-next-line typescript/no-explicit-any
  override createConnection(target: TunnelTarget, done: (error: Error | null, socket?: any) => void): undefined {
    const { hostname, port, username, password } = this.#proxy;
    const authority = `${target.host}:${target.port}`;
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
    const tunnel = request({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 80),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(username ? { 'proxy-authorization': `Basic ${login}` } : {}) },
    });
    tunnel.once('connect', (response, socket: Socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        done(new Error(t`the proxy ${this.#proxy.host} answered ${response.statusCode}`));
        return;
      }
      done(null, this.#opened(this.#secure ? connectTls({ ...target, ...this.#tls, socket }) : socket));
    });
    tunnel.once('error', (error) => done(error));
    tunnel.end();
  }
}
