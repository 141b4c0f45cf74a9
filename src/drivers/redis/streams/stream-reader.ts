/** What readers of streams have in common: their state, trying again after errors, and handing out with care. */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import type { GroupRequest, ReaderState, ReadHandlers, RedisItem, RedisReader, StreamRequest } from '../reading';
import { FIRST_ID } from './entry-id';
import type { StreamBell } from './stream-bell';
import type { StreamWatch } from './stream-watch';

const RETRY_MILLIS = 1000;
export const DEFAULT_COUNT = 100;

/** Errors that say nothing about this reader: the connection is told of elsewhere. */
const CONNECTION_ERRORS = new Set(['REDIS_CONNECTION_LOST', 'REDIS_NOT_SENT', 'REDIS_TIMEOUT', 'CONNECTION_CLOSED']);

/** What all readers of a connection use. */
export interface ReaderTools {
  readonly parts: ConnectionParts;
  readonly bell: StreamBell;
}

export abstract class StreamReader<R extends StreamRequest | GroupRequest> implements RedisReader, StreamWatch {
  readonly request: R;
  readonly key: string;
  after = FIRST_ID;
  polled = false;
  state: ReaderState = { kind: 'pending' };
  messages = 0;
  protected readonly tools: ReaderTools;
  protected closed = false;
  readonly #handlers: ReadHandlers;
  #onEnd: (() => void) | undefined;
  #running = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(request: R, handlers: ReadHandlers, tools: ReaderTools) {
    this.request = request;
    this.key = request.key;
    this.tools = tools;
    this.#handlers = handlers;
    tools.bell.count(1);
  }

  abstract get unacknowledged(): number;

  /** Reads until there is nothing more to do for now. */
  protected abstract read(): Promise<void>;

  connected(): void {
    this.wake();
  }

  lost(): void {
    this.tools.bell.disarm(this);
    clearTimeout(this.#retry);
    this.setState({ kind: 'pending' });
  }

  ring(): void {
    this.wake();
  }

  /** Has `action` called when the reader is closed. */
  ended(action: () => void): void {
    this.#onEnd = action;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.#retry);
    this.tools.bell.forget(this);
    this.tools.bell.count(-1);
    this.#onEnd?.();
  }

  /** Reads, unless it does so already. */
  protected wake(): void {
    if (this.#running || this.closed || !this.tools.parts.server) return;
    this.#running = true;
    clearTimeout(this.#retry);
    this.tools.bell.disarm(this);
    this.read().then(
      () => {
        this.#running = false;
      },
      (thrown: unknown) => {
        this.#running = false;
        this.#failed(PoolError.from(thrown));
      },
    );
  }

  /** Whether `read` is to go on. */
  protected get reading(): boolean {
    return !this.closed && this.tools.parts.server !== undefined;
  }

  protected setState(state: ReaderState): void {
    const same = state.kind === this.state.kind;
    if (this.closed || (same && (state.kind !== 'failed' || sameError(state, this.state)))) return;
    this.state = state;
    this.#guard(() => this.#handlers.state?.(state));
  }

  /** Hands a batch out; the promise, if any, is to be waited for before the next one. */
  protected deliver(items: readonly RedisItem[], bytes: number): Promise<void> | undefined {
    const { counters, tracing, seen } = this.tools.parts;
    seen?.taken('stream', this.key);
    this.messages += items.length;
    counters.messagesIn += items.length;
    counters.bytesIn += bytes;
    tracing?.received(this.key, bytes);
    let handled: void | Promise<void>;
    try {
      handled = this.#handlers.items(items);
    } catch (thrown) {
      this.#threw(thrown);
      return undefined;
    }
    return handled?.catch((thrown: unknown) => this.#threw(thrown));
  }

  protected tell(problem: PoolError, item?: RedisItem): void {
    this.#guard(() => this.#handlers.problem?.(problem, item));
  }

  #failed(error: PoolError): void {
    if (this.closed) return;
    const { server } = this.tools.parts;
    this.setState(CONNECTION_ERRORS.has(error.code) || !server ? { kind: 'pending' } : { kind: 'failed', error });
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.wake(), RETRY_MILLIS).unref();
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (thrown) {
      this.#threw(thrown);
    }
  }

  #threw(thrown: unknown): void {
    this.tools.parts.warn(PoolError.from(thrown));
  }
}

function sameError(a: ReaderState, b: ReaderState): boolean {
  return a.kind === 'failed' && b.kind === 'failed' && a.error.message === b.error.message;
}
