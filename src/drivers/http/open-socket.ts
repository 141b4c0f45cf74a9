/** Opens one TCP or TLS socket, straight or through a proxy's tunnel (CONNECT; RFC 9110, 9.3.6), within a time limit. */
import { type ClientRequest, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { PoolError } from '../../core/errors';
import type { HttpProxy } from './profile';
import { proxyHeaders, type Route } from './route';
import { t } from '../../core/wording';

export interface SocketSettings {
  readonly timeoutMillis: number;
  /** Whether HTTP/2 may be agreed on. */
  readonly http2: boolean;
  /** TLS options for the proxy itself. */
  readonly proxyTls: ConnectionOptions;
  /** Told of the socket to the server, before it is connected unless it goes through a tunnel. */
  readonly opening?: ((socket: Socket) => void) | undefined;
}

type Opened = (error: Error | undefined, socket?: Socket | TLSSocket) => void;

/** Calls back once; the function it returns gives the attempt up, and then it does not call back. */
export function openSocket(route: Route, settings: SocketSettings, opened: Opened): () => void {
  let settled = false;
  let giveUp: () => void = () => undefined;
  const finish = (error: Error | undefined, socket?: Socket | TLSSocket) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    if (error) giveUp();
    opened(error, socket);
  };
  const timer = setTimeout(() => {
    finish(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
  }, settings.timeoutMillis);
  timer.unref();
  const { target, tls, tunnel } = route;
  const address = { host: target.hostname.replace(/^\[(.*)\]$/, '$1'), port: portOf(target) };
  const secure = (through?: Socket) => {
    const socket = connectTls({
      // In a tunnel, too: it is what the certificate is checked against.
      ...address,
      ...(through ? { socket: through } : {}),
      ...(isIP(address.host) ? {} : { servername: address.host }),
      ...tls,
      ALPNProtocols: settings.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    });
    settings.opening?.(socket);
    giveUp = watch(socket, 'secureConnect', finish);
  };
  if (tunnel) {
    const asked = askForTunnel(tunnel, address, settings.proxyTls, (error, socket) => {
      if (error || settled) {
        socket?.destroy();
        return finish(error ?? undefined);
      }
      if (tls) secure(socket);
      else finish(undefined, socket);
    });
    giveUp = () => asked.destroy();
  } else if (tls) {
    secure();
  } else {
    const options = { ...address, highWaterMark: 65_536 };
    const socket = connectTcp(options);
    settings.opening?.(socket);
    giveUp = watch(socket, 'connect', finish);
  }
  return () => {
    settled = true;
    clearTimeout(timer);
    giveUp();
  };
}

function watch(socket: Socket, event: 'connect' | 'secureConnect', finish: Opened): () => void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  socket.once(event, () => finish(undefined, socket));
  // Stays on for good: an error of a socket that nobody uses any more must not end the process.
  socket.on('error', (error) => finish(error));
  socket.once('close', () => finish(Object.assign(new Error('closed at once'), { code: 'ECONNRESET' })));
  return () => socket.destroy();
}

type Tunnelled = (error: Error | undefined, socket?: Socket) => void;

function askForTunnel(
  proxy: HttpProxy,
  target: { host: string; port: number },
  proxyTls: ConnectionOptions,
  done: Tunnelled,
): ClientRequest {
  const url = new URL(proxy.url);
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const options = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: portOf(url),
    method: 'CONNECT',
    path: authority,
    agent: false as const,
    headers: { host: authority, ...proxyHeaders(proxy) },
  };
  const asked = url.protocol === 'https:' ? secureRequest({ ...options, ...proxyTls }) : plainRequest(options);
  asked.once('connect', (answer, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    // Any 2xx opens the tunnel.
    if (Math.floor((answer.statusCode ?? 0) / 100) === 2) return done(undefined, socket);
    socket.destroy();
    done(proxyRefused(proxy, answer.statusCode ?? 0));
  });
  asked.once('response', (answer) => {
    answer.destroy();
    done(proxyRefused(proxy, answer.statusCode ?? 0));
  });
  asked.on('error', (error: Error & { code?: string }) => {
    const message = t`The proxy ${proxy.url} can't be reached (${error.code ?? error.message}); check the proxy of the profile.`;
    done(new PoolError('HTTP_UNREACHABLE', message, { cause: error }));
  });
  asked.end();
  return asked;
}

/** For a proxy that does not let us through. */
export function proxyRefused({ url }: HttpProxy, status: number): PoolError {
  const message =
    status === 407
      ? t`The proxy ${url} answered ${status}; check its user and password.`
      : t`The proxy ${url} answered ${status}; check whether it lets this connection through.`;
  return new PoolError('HTTP_PROXY_REFUSED', message, { kind: status === 407 ? 'refused' : 'retry' });
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}
