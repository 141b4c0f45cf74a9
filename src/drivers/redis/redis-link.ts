/**
 * One ioredis client from connecting to its end. Reconnecting, resubscribing, resending and the offline queue of ioredis
 * are off: the pool decides about the first, the parts of this driver about the others.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Cluster, Command, type Redis } from 'ioredis';
import { PoolError } from '../../core/errors';
import { SilenceWatch } from '../../core/silence-watch';
import { newClient } from './client-options';
import { attemptError, connectError, lostError } from './connect-error';
import { describeEndpoint, isCluster, socketsOf } from './endpoint';
import { readFairly } from './fair-reading';
import type { RedisProfile } from './profile';
import { serverError } from './server-error';
import { describeServer } from './server-info';
import type { RedisArgument, RedisReply, RedisServer, ReplyCallback } from './session';
import { type WireAnswered, WireCommand } from './wire-command';
import { t } from '../../core/wording';

/** Commands written together, at most: what waits to be written keeps its memory. */
const WRITES_GATHERED = 256;
const END_PATIENCE_MILLIS = 1000;
const COMMAND_TIMEOUT_MILLIS = 10_000;
/** Commands that the client keeps account of, by their names in lower case. */
const SUBSCRIBES = new Set(['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE']);

export class RedisLink {
  /** The client, for subscriptions; commands go through `send`. */
  readonly client: Redis | Cluster;
  readonly server: RedisServer;
  readonly #address: string;
  readonly #onLost: (error: PoolError) => void;
  readonly #silence: SilenceWatch | undefined;
  /** The socket, unless this is a cluster's client with many. */
  readonly #socket: Socket | undefined;
  #lastError: unknown;
  #ended = false;
  #corked = false;
  #gathered = 0;
  /** Commands under way that may rightly take for ever. */
  #blocking = 0;
  /** A command is just being given to the client. */
  #sending = false;

  private constructor(
    client: Redis | Cluster,
    server: RedisServer,
    profile: RedisProfile,
    lost: (e: PoolError) => void,
  ) {
    this.client = client;
    this.server = server;
    this.#address = describeEndpoint(profile);
    this.#onLost = lost;
    this.#socket = isCluster(client) ? undefined : socketsOf(client)[0];
    if (this.#socket) readFairly(this.#socket);
    client.on('error', (error: unknown) => {
      this.#lastError = error;
    });
    client.once('end', () => this.#lost());
    this.#silence = this.#socket && this.#watch(this.#socket, profile.commandTimeoutMillis ?? COMMAND_TIMEOUT_MILLIS);
  }

  /**
   * Connects. `lost` is called once when the established link is gone without `end` having been called; `opening` is
   * told of the socket, maybe more than once.
   *
   * @throws PoolError why it can't be connected
   */
  static async connect(
    profile: RedisProfile,
    signal: AbortSignal,
    lost: (error: PoolError) => void,
    opening: (socket: Socket) => void = () => undefined,
  ) {
    const client = newClient(profile);
    const address = describeEndpoint(profile);
    let failure: unknown;
    const onError = (error: unknown) => {
      failure = error;
    };
    const onAbort = () => destroy(client);
    client.on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const connecting = client.connect();
      // The client makes its socket in the next tick, and has it then; by way of Sentinel, not before it is connected.
      const tell = () => socketsOf(client).forEach(opening);
      process.nextTick(() => queueMicrotask(tell));
      client.once('connect', tell);
      await connecting;
      const server = await describeServer(client, profile, address);
      // ioredis goes on when SELECT failed, with database 0.
      if (failure !== undefined && !isCluster(client)) throw connectError(failure, address);
      return new RedisLink(client, server, profile, lost);
    } catch (thrown) {
      destroy(client);
      throw attemptError(failure ?? thrown, address);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Bytes given to the socket that it has not taken yet; unknown, so 0, in a cluster. */
  get backlogBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  /**
   * Sends a command at once. Calls back exactly once: with the reply in the shapes of RESP2, with the server's error
   * (see server-error.ts), or with `REDIS_CONNECTION_LOST`. Commands of one turn of the event loop are written together.
   *
   * @param blocking the command may rightly take for ever: the heartbeat waits with it
   */
  send(name: string, args: readonly RedisArgument[], buffers: boolean, answer: ReplyCallback, blocking = false): void {
    this.#gatherWrites();
    if (blocking) this.#blocking += 1;
    const upper = name.toUpperCase();
    const spelling = SUBSCRIBES.has(upper) ? upper.toLowerCase() : upper;
    const command = new WireCommand(spelling, args, buffers, answer, blocking, this.#answered);
    if (isCluster(this.client)) return sendToCluster(this.client, command, buffers);
    this.#sending = true;
    void this.client.sendCommand(command.asCommand);
    this.#sending = false;
  }

  readonly #answered: WireAnswered = (command, thrown, reply) => {
    // Refused by the client itself: told after the call like everything else.
    if (this.#sending) return queueMicrotask(() => this.#answered(command, thrown, reply));
    if (command.blocking) this.#blocking -= 1;
    if (thrown === undefined) command.answer(undefined, reply);
    else command.answer(this.commandError(thrown, command.name));
  };

  /** The same as a promise, with buffers. */
  run(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    return new Promise((resolve, reject) => {
      this.send(name, args, true, (error, reply = null) => (error ? reject(error) : resolve(reply)));
    });
  }

  /** Ends the link politely; what was sent is answered first, within a second. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#silence?.end();
    const ended = once(this.client, 'end');
    this.client.disconnect();
    const late = setTimeout(() => destroy(this.client), END_PATIENCE_MILLIS);
    await ended;
    clearTimeout(late);
  }

  /** Gives up a link that does not answer: told of as lost, with this error. */
  giveUp(error: PoolError): void {
    this.#lastError = error;
    destroy(this.client);
  }

  /** Whether this link may keep the process alive. */
  keepAlive(wanted: boolean): void {
    for (const socket of socketsOf(this.client)) {
      if (wanted) socket.ref();
      else socket.unref();
    }
  }

  #gatherWrites(): void {
    const socket = this.#socket;
    if (!socket) return;
    if (this.#corked) {
      this.#gathered += 1;
      if (this.#gathered < WRITES_GATHERED) return;
      this.#gathered = 0;
      socket.uncork();
      socket.cork();
      return;
    }
    this.#gathered = 0;
    this.#corked = true;
    socket.cork();
    // Not in the next tick: Node-RED gives each message a turn of its own, and each would be a write of its own.
    setImmediate(() => {
      this.#corked = false;
      socket.uncork();
    });
  }

  #watch(socket: Socket, withinMillis: number): SilenceWatch {
    const text = t`${this.#address} does not answer any more; the connection is given up.`;
    return new SilenceWatch(
      {
        bytesRead: () => socket.bytesRead,
        ask: () => this.send('PING', [], true, () => undefined),
        silent: () => this.giveUp(new PoolError('REDIS_NO_ANSWER', text)),
        excused: () => this.#blocking > 0,
      },
      withinMillis,
    );
  }

  /** What a failed command of the client means: the server's error, a loss of the connection, or never sent. */
  commandError(thrown: unknown, name: string): PoolError {
    const told = serverError(thrown, name.toUpperCase());
    if (told) return told;
    if (thrown instanceof Error && /isn't writeable/.test(thrown.message)) {
      return new PoolError('REDIS_NOT_SENT', t`${name.toUpperCase()} was not sent: the connection is just breaking.`);
    }
    if (thrown instanceof Error && thrown.message.startsWith('Connection in subscriber mode')) {
      const message = t`${name.toUpperCase()}: A connection with subscriptions takes no other commands from a server that speaks RESP2.`;
      return new PoolError('REDIS_ERROR', message);
    }
    if (thrown instanceof Error && /^(CROSSSLOT|Too many Cluster|ClusterAllFailed)/i.test(thrown.message)) {
      return new PoolError('REDIS_CLUSTERDOWN', `${name.toUpperCase()}: ${thrown.message}`, {
        cause: new Error(thrown.message),
      });
    }
    return lostError(this.#lastError ?? undefined, this.#address);
  }

  #lost(): void {
    this.#silence?.end();
    if (this.#ended) return;
    this.#ended = true;
    this.#onLost(connectError(this.#lastError, this.#address));
  }
}

/** The client of a cluster asks its commands for more than ours can tell. */
function sendToCluster(client: Cluster, ours: WireCommand, buffers: boolean): void {
  // An upper-case name keeps ioredis from reshaping arguments and replies.
  const command = new Command(ours.name, ours.args as RedisArgument[], { replyEncoding: buffers ? null : 'utf8' });
  (client.sendCommand(command) as Promise<unknown>).then(
    (reply) => ours.answered(undefined, reply as RedisReply),
    (thrown: unknown) => ours.reject(thrown),
  );
}

/** Ends a client now. */
function destroy(client: Redis | Cluster): void {
  const sockets = socketsOf(client);
  client.disconnect();
  for (const socket of sockets) socket.destroy();
}
