/** An HTTP server on loopback for tests, which counts sockets and requests as only a server can. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { SERVER_CERTIFICATE, SERVER_KEY } from './certificates';
import { freePort } from './ports';

/** One request as it arrived. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void;

export interface HttpServerOptions {
  readonly port?: number;
  /** https, with the test certificate or what is given here. */
  readonly tls?: boolean | { readonly requestCert?: boolean; readonly ca?: string };
}

export class HttpServer {
  readonly port: number;
  readonly url: string;
  readonly seen: SeenRequest[] = [];
  /** Sockets accepted so far. */
  accepted = 0;
  /** Most sockets open at one time. */
  mostOpen = 0;
  /** Requests not answered yet, and the most there were at one time. */
  busy = 0;
  mostBusy = 0;
  answer: Answer;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(port: number, answer: Answer, options: HttpServerOptions = {}) {
    this.port = port;
    this.answer = answer;
    const { tls } = options;
    this.url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
    const listen: RequestListener = (request, response) => void this.#serve(request, response);
    const more = typeof tls === 'object' ? tls : {};
    this.#server = tls
      ? createSecureServer({ cert: SERVER_CERTIFICATE, key: SERVER_KEY, ...more }, listen)
      : createServer(listen);
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#join(socket));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
    this.#server.keepAliveTimeout = 60_000;
  }

  get open(): number {
    return this.#sockets.size;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.port, '127.0.0.1', resolve);
    });
    return this;
  }

  /** Breaks the present sockets; new ones are still accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  #join(socket: Socket): void {
    this.accepted += 1;
    this.#sockets.add(socket);
    this.mostOpen = Math.max(this.mostOpen, this.#sockets.size);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.busy += 1;
    this.mostBusy = Math.max(this.mostBusy, this.busy);
    response.on('close', () => {
      this.busy -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    try {
      await new Promise((resolve, reject) => request.once('end', resolve).once('error', reject));
    } catch {
      return;
    }
    const { method = '', url = '', headers } = request;
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString() };
    this.seen.push(seen);
    this.answer(seen, response);
  }
}

/** Starts a server; without `answer` every request gets 200 and "ok". */
export async function startHttpServer(
  answer: Answer = (_request, response) => response.end('ok'),
  options: HttpServerOptions = {},
): Promise<HttpServer> {
  return new HttpServer(options.port ?? (await freePort()), answer, options).start();
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}
