/**
 * Requests that wait for a socket, by turns and within the limits of the nodes they come from; concurrency limit and rate
 * limit hold them back, too.
 */
import { PoolError } from '../../core/errors';
import { turnMillis } from '../../core/latency';
import type { QueueItem } from '../../core/send-queue';
import type { MessageEvent } from '../../core/tracing';
import type { ConnectionContext } from '../../core/driver';
import type { QueueView } from '../../core/views';
import { FairQueue } from './fair-queue';
import type { NormalHttpProfile } from './normalise-profile';
import type { PooledSocket } from './pooled-socket';
import { RateLimiter } from './rate-limit';
import type { Route } from './route';
import type { SocketPool } from './socket-pool';
import { t } from '../../core/wording';

/** More than that is not looked at one by one just to tell what waits for which server. */
const MOST_LOOKED_AT = 5000;

/** One exchange on its way to a socket. */
export interface Departure extends QueueItem {
  readonly route: Route;
  /** Token requests wait for no limit but that of the sockets. */
  readonly unlimited: boolean;
  /** Method and path, for tracing tools. */
  readonly subject: string;
  /** Set by the queue when it is sent. */
  sentAt: number;
  traced: MessageEvent | undefined;
  /** Where it was sent. */
  readonly socket: PooledSocket | undefined;
  /** Why it must not be sent after all. */
  refusal(): PoolError | undefined;
  /** Sends it; `DispatchQueue.left` is to be called once when the socket has no more to do with it. */
  start(socket: PooledSocket): void;
  discard(error: PoolError): void;
  /** Passes its outcome on. */
  tell(): void;
}

type QueueContext = Pick<ConnectionContext, 'counters' | 'latency' | 'tracing'>;

export class DispatchQueue {
  readonly #queue: FairQueue<Departure>;
  readonly #sockets: SocketPool;
  readonly #limiter: RateLimiter | undefined;
  readonly #maxConcurrent: number;
  readonly #context: QueueContext;
  #limited = 0;
  #inFlight = 0;
  #open = false;
  #closed = false;
  #planned = false;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  /** Those with an outcome that is not passed on yet. */
  #toTell: Departure[] = [];
  readonly #afterTurn = () => {
    this.#planned = false;
    const telling = this.#toTell;
    this.#toTell = [];
    for (const departure of telling) departure.tell();
    this.pump();
  };

  constructor(profile: NormalHttpProfile, sockets: SocketPool, context: QueueContext) {
    this.#sockets = sockets;
    this.#context = context;
    this.#maxConcurrent = profile.maxConcurrent || Number.POSITIVE_INFINITY;
    this.#limiter = profile.rateLimit ? new RateLimiter(profile.rateLimit) : undefined;
    this.#queue = new FairQueue((departure, error) => {
      departure.discard(error);
      this.pumpSoon();
    });
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** What waits, by the server it waits for; in one, if that is too much to look at. */
  get views(): QueueView[] {
    const { view } = this.#queue;
    if (!view) return [];
    if (view.waiting > MOST_LOOKED_AT) return [view];
    const views = new Map<string, Required<QueueView>>();
    this.#queue.forEach(({ route, bytes, queuedAt }) => {
      const name = route.target.host;
      const { waiting, bytes: before, oldestAt } = views.get(name) ?? { waiting: 0, bytes: 0, oldestAt: queuedAt };
      const sum = { name, waiting: waiting + 1, bytes: before + bytes, oldestAt: Math.min(oldestAt, queuedAt) };
      views.set(name, sum);
    });
    return [...views.values()];
  }

  /** Whether the next one waits for the rate limit. */
  get rateLimited(): boolean {
    return !this.#queue.empty && (this.#limiter?.delay(performance.now()) ?? 0) > 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  add(departure: Departure): void {
    if (this.#closed) return departure.discard(closedError());
    const isAlone = this.#queue.empty;
    this.#queue.offer(departure);
    // Whatever lets those before it go lets it go, too.
    if (isAlone) this.pump();
  }

  /** In front of all others and whatever the limits: what was in line before, or what others wait for. */
  addFirst(departure: Departure): void {
    if (this.#closed) return departure.discard(closedError());
    this.#queue.offerFirst(departure);
    this.pump();
  }

  remove(departure: Departure): void {
    this.#queue.remove(departure);
    this.pumpSoon();
  }

  /** The socket of a departure has no more to do with it. */
  left({ unlimited, socket }: Departure): void {
    if (!unlimited) this.#limited -= 1;
    this.#inFlight -= 1;
    if (socket) socket.running -= 1;
    this.pumpSoon();
    if (this.#inFlight === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  /** A departure has its outcome: an answer of so many bytes, or an error. */
  settled({ sentAt, traced, subject }: Departure, error: PoolError | undefined, bytes = 0): void {
    const { counters, latency, tracing } = this.#context;
    const millis = sentAt > 0 ? turnMillis() - sentAt : undefined;
    if (!error) {
      counters.messagesIn += 1;
      counters.bytesIn += bytes;
      if (millis !== undefined) latency?.observe(millis);
      tracing?.received(subject, bytes);
    }
    if (traced) tracing?.settled(traced, millis, error);
  }

  /** Has the outcome of a departure passed on from outside the client, where anything may follow from it. */
  tellSoon(departure: Departure): void {
    this.#toTell.push(departure);
    this.pumpSoon();
  }

  /** Lets requests go, or keeps them waiting. */
  setOpen(open: boolean): void {
    this.#open = open;
    if (open) this.pump();
  }

  /** Settles when nothing is under way. */
  whenIdle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#queue.clear(closedError());
  }

  /** Sends what may go; put off to the end of the turn when it is called from inside the client. */
  pumpSoon(): void {
    if (this.#planned) return;
    this.#planned = true;
    process.nextTick(this.#afterTurn);
  }

  pump(): void {
    while (this.#open && !this.#closed) {
      const next = this.#queue.peek();
      if (!next) return;
      const refusal = next.refusal();
      if (refusal) {
        this.#queue.shift()?.discard(refusal);
        continue;
      }
      if (!next.unlimited && !this.#mayGo()) return;
      const socket = this.#sockets.take(next.route);
      if (!socket) return;
      this.#queue.shift();
      this.#start(next, socket);
    }
  }

  #mayGo(): boolean {
    if (this.#limited >= this.#maxConcurrent) return false;
    const delay = this.#limiter?.delay(performance.now()) ?? 0;
    if (delay <= 0) return true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.pump(), Math.ceil(delay));
    this.#timer.unref();
    return false;
  }

  #start(departure: Departure, socket: PooledSocket): void {
    if (!departure.unlimited) {
      this.#limiter?.take(performance.now());
      this.#limited += 1;
    }
    this.#inFlight += 1;
    socket.running += 1;
    const { counters, tracing } = this.#context;
    counters.messagesOut += 1;
    counters.bytesOut += departure.bytes;
    departure.sentAt = turnMillis();
    departure.traced = tracing?.sent(departure.subject, departure.bytes);
    departure.start(socket);
  }
}

export function closedError(): PoolError {
  return new PoolError('CONNECTION_CLOSED', t`The connection was closed before the request was sent.`);
}
