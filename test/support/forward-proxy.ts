/** An HTTP proxy for tests: CONNECT tunnels and requests with whole URLs, with a password if wanted. */
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { freePort } from './ports';

export class ForwardProxy {
  readonly url: string;
  /** `CONNECT host:port` and `GET http://…`, as they came in. */
  readonly asked: string[] = [];
  /** Where tunnels lead instead of where they were asked to. */
  redirectTo: string | undefined;
  readonly #port: number;
  readonly #login: string | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => this.#forward(request, response));

  /** @param login user and password with a colon between */
  constructor(port: number, login?: string) {
    this.#port = port;
    this.#login = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    this.url = `http://127.0.0.1:${port}`;
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
    this.#server.on('connect', (request: IncomingMessage, near: Socket) => this.#tunnel(request, near));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    return this;
  }

  stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }

  #tunnel(request: IncomingMessage, near: Socket): void {
    this.asked.push(`CONNECT ${request.url}`);
    if (!this.#mayPass(request)) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${this.redirectTo ?? request.url}`);
    const far = this.#keep(connect(Number(port || 80), hostname, () => near.write('HTTP/1.1 204 Tunnel\r\n\r\n')));
    far.pipe(near);
    near.pipe(far);
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${request.method} ${request.url}`);
    if (!this.#mayPass(request)) {
      response.writeHead(407).end();
      return;
    }
    const { 'proxy-authorization': _login, ...headers } = request.headers;
    const onward = httpRequest(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  #mayPass(request: IncomingMessage): boolean {
    return this.#login === undefined || request.headers['proxy-authorization'] === this.#login;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

export async function startForwardProxy(login?: string): Promise<ForwardProxy> {
  return new ForwardProxy(await freePort(), login).start();
}
