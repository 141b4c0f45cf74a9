/**
 * One Redis connection of the pool: the command socket, which comes and goes as the pool decides, and the parts that
 * stay (commands, subscriptions, readers) with the further sockets they share.
 */
import type { Socket } from 'node:net';
import type { ConnectionContext, DriverConnection, SessionOptions } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { listSome, type QueueView, type SubscriptionsView } from '../../core/views';
import { BorrowedSocket, OwnSocket } from './auxiliary-socket';
import { CommandQueue } from './command-queue';
import type { ConnectionPart, ConnectionParts } from './connection-part';
import { SeenByRedis } from './key-kinds';
import { PoppingReaders } from './lists/popping-readers';
import { ReliableLists } from './lists/reliable-lists';
import type { RedisProfile } from './profile';
import { readerViews } from './reader-views';
import type { ReadHandlers, ReadRequest, RedisReader } from './reading';
import { RedisLink } from './redis-link';
import { SharedSession } from './redis-session';
import type { RedisArgument, RedisReply, RedisServer, RedisSession } from './session';
import type { RedisSubscription, SubscribeHandlers, SubscribeRequest } from './subscribing';
import { StreamReaders } from './streams/stream-readers';
import { EveryMaster, isKeyspaceRequest } from './subscriptions/every-master';
import { Subscriptions } from './subscriptions/subscriptions';
import { t } from '../../core/wording';

export class RedisConnection implements DriverConnection<RedisSession>, ConnectionParts {
  readonly profile: RedisProfile;
  readonly commands: CommandQueue;
  readonly seen: SeenByRedis | undefined;
  readonly sockets: ConnectionParts['sockets'];
  readonly #context: ConnectionContext;
  readonly #ownSockets: OwnSocket[] = [];
  readonly #borrowedSocket: BorrowedSocket | undefined;
  readonly #subscriptions: Subscriptions;
  /** Only in a cluster. */
  readonly #everyMaster: EveryMaster | undefined;
  readonly #lists: PoppingReaders;
  readonly #sortedSets: PoppingReaders;
  readonly #reliableLists: ReliableLists;
  readonly #streams: StreamReaders;
  readonly #parts: readonly ConnectionPart[];
  #link: RedisLink | undefined;

  constructor(profile: RedisProfile, context: ConnectionContext) {
    this.profile = profile;
    this.#context = context;
    this.seen = context.seen && new SeenByRedis(context.seen);
    this.commands = new CommandQueue(context, this.seen);
    if (profile.endpoint.kind === 'cluster') {
      this.#borrowedSocket = new BorrowedSocket();
      this.sockets = { events: this.#borrowedSocket, lists: this.#borrowedSocket, sortedSets: this.#borrowedSocket };
    } else {
      this.sockets = { events: this.#ownSocket(), lists: this.#ownSocket(), sortedSets: this.#ownSocket() };
    }
    this.#subscriptions = new Subscriptions(this);
    this.#lists = new PoppingReaders(this, this.sockets.lists, 'list');
    this.#sortedSets = new PoppingReaders(this, this.sockets.sortedSets, 'sorted-set');
    this.#reliableLists = new ReliableLists(this);
    this.#streams = new StreamReaders(this);
    this.#parts = [this.#subscriptions, this.#lists, this.#sortedSets, this.#reliableLists, this.#streams];
    if (profile.endpoint.kind === 'cluster') {
      this.#everyMaster = new EveryMaster(this);
      this.#parts = [...this.#parts, this.#everyMaster];
    }
  }

  get counters(): ConnectionContext['counters'] {
    return this.#context.counters;
  }

  get tracing(): ConnectionContext['tracing'] {
    return this.#context.tracing;
  }

  get queued(): number {
    return this.commands.waiting;
  }

  get server(): RedisServer | undefined {
    return this.#link?.server;
  }

  async connect(signal: AbortSignal): Promise<void> {
    const opening = (socket: Socket) => this.#context.test?.opening(socket, 'login');
    const link = await RedisLink.connect(this.profile, signal, (error) => this.#lost(error), opening);
    if (signal.aborted) return link.end();
    this.#link = link;
    this.commands.connected(link);
    for (const socket of this.#ownSockets) socket.connected();
    for (const part of this.#parts) this.#guard(() => part.connected());
    this.#borrowedSocket?.connected(link);
  }

  async disconnect(final: boolean): Promise<void> {
    if (final) {
      await Promise.all(this.#parts.map((part) => part.close()));
      await Promise.all(this.#ownSockets.map((socket) => socket.close()));
    } else {
      await Promise.all(this.#ownSockets.map((socket) => socket.suspend()));
    }
    const link = this.#link;
    await link?.end();
    if (link) this.#down(new PoolError('CONNECTION_CLOSED', t`The connection was closed.`));
    if (final) this.commands.close();
  }

  /** A user who may not ask PING gets an answer, too. */
  async probe(): Promise<Readonly<Record<string, unknown>>> {
    await this.run('PING').catch((error: PoolError) => {
      if (error.code === 'REDIS_CONNECTION_LOST') throw error;
    });
    return {};
  }

  linger(lingering: boolean): void {
    this.#link?.keepAlive(!lingering);
    for (const socket of this.#ownSockets) socket.keepAlive(!lingering);
  }

  session(options: SessionOptions): RedisSession {
    return new SharedSession(this, options.queue);
  }

  details(): Record<string, unknown> {
    const { version, protocol, mode } = this.server ?? {};
    return {
      ...(version ? { version } : {}),
      ...(protocol ? { protocol: `RESP${protocol}` } : {}),
      ...(mode ? { mode } : {}),
      sockets:
        (this.#link ? 1 : 0) + this.#ownSockets.filter(({ link }) => link).length + (this.#everyMaster?.sockets ?? 0),
      waiting: this.commands.waiting,
      inFlight: this.commands.inFlight,
      ...this.#subscriptions.details,
    };
  }

  subscriptions(limit: number): SubscriptionsView {
    const readers = [this.#streams, this.#lists, this.#sortedSets, this.#reliableLists];
    const views = [
      ...this.#subscriptions.views(),
      ...(this.#everyMaster?.views() ?? []),
      ...readerViews(readers.flatMap((each) => [...each.readers])),
    ];
    return listSome(views, views.length, limit, (view) => view);
  }

  queues(): QueueView[] {
    return this.commands.views;
  }

  subscribe(request: SubscribeRequest, handlers: SubscribeHandlers): RedisSubscription {
    if (this.#everyMaster && isKeyspaceRequest(request)) return this.#everyMaster.add(request, handlers);
    return this.#subscriptions.add(request, handlers);
  }

  read(request: ReadRequest, handlers: ReadHandlers): RedisReader {
    switch (request.kind) {
      case 'list':
        return this.#lists.add(request, handlers);
      case 'sorted-set':
        return this.#sortedSets.add(request, handlers);
      case 'reliable-list':
        return this.#reliableLists.add(request, handlers);
      case 'stream':
      case 'group':
        return this.#streams.add(request, handlers);
    }
  }

  async run(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    const link = this.#link;
    if (!link) throw new PoolError('REDIS_CONNECTION_LOST', t`There is no connection now.`);
    return link.run(name, ...args);
  }

  warn(error: PoolError): void {
    this.#context.warn(error);
  }

  #ownSocket(): OwnSocket {
    const open = (signal: AbortSignal, lost: (error: PoolError) => void) =>
      RedisLink.connect(this.profile, signal, lost);
    const socket = new OwnSocket(open, (error) => this.warn(error));
    this.#ownSockets.push(socket);
    return socket;
  }

  #lost(error: PoolError): void {
    this.#down(error);
    this.#context.lost(error);
  }

  #down(error: PoolError): void {
    this.#link = undefined;
    this.commands.lost();
    for (const socket of this.#ownSockets) socket.lost();
    for (const part of this.#parts) this.#guard(() => part.lost());
    this.#borrowedSocket?.lost(error);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.warn(PoolError.from(thrown));
    }
  }
}
