/** A source of keyspace events: its subscriptions, and an eye on the server's setting, which is off by default. */
import type { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type { RedisMessage } from '../../drivers/redis/subscribing';
import type { Texts } from '../texts';
import { checkKeyspaceEvents, keyspaceSubscriptions, type KeyspaceSetting } from './keyspace-events';
import type { SourceCondition, SourceEvents, SourceInput } from './source-input';
import { Subscriptions } from './subscriptions';

const RECHECK_MILLIS = 5000;

export interface KeyspaceWatchParts {
  readonly events: SourceEvents;
  readonly texts: Texts;
  /** Of keys. */
  readonly pattern: string;
  /** Names of events; empty for all. */
  readonly wanted: readonly string[];
  /** The database of the profile now. */
  readonly database: () => number;
  readonly deliver: (message: RedisMessage) => void;
}

export class KeyspaceWatch implements SourceInput {
  #parts: KeyspaceWatchParts;
  readonly #subscriptions: Subscriptions;
  #session: RedisSession | undefined;
  #setting: KeyspaceSetting['kind'] | undefined;
  #told: KeyspaceSetting['kind'] | undefined;
  #recheck: NodeJS.Timeout | undefined;

  constructor(parts: KeyspaceWatchParts) {
    this.#parts = parts;
    this.#subscriptions = new Subscriptions(parts.events, (message) => this.#deliver(message));
  }

  /** From now on it is another node's. */
  serve(parts: KeyspaceWatchParts): void {
    this.#parts = parts;
    this.#subscriptions.serve(parts.events, (message) => this.#deliver(message));
  }

  /** See `Subscriptions.takeOverFrom`: for one with another pattern or other events. */
  takeOverFrom(former: KeyspaceWatch): void {
    clearTimeout(former.#recheck);
    former.#session = undefined;
    this.#subscriptions.takeOverFrom(former.#subscriptions);
  }

  get condition(): SourceCondition | undefined {
    const { condition } = this.#subscriptions;
    if (condition || this.#setting !== 'off') return condition;
    const text = this.#parts.texts.text('status.keyspace-off');
    return { kind: 'status', status: { fill: 'yellow', shape: 'dot', text } };
  }

  bound(session: RedisSession): void {
    this.#session = session;
    const { pattern, wanted, database } = this.#parts;
    for (const name of this.#subscriptions.names) this.#subscriptions.remove(name);
    for (const request of keyspaceSubscriptions(pattern, wanted, database())) this.#subscriptions.add(request);
    this.#subscriptions.bound(session);
  }

  unbinding(): void {
    clearTimeout(this.#recheck);
    this.#session = undefined;
    this.#setting = undefined;
    this.#subscriptions.unbinding();
  }

  connected(): void {
    void this.#check();
  }

  close(): Promise<void> {
    this.unbinding();
    return Promise.resolve();
  }

  #deliver(message: RedisMessage): void {
    // They come, so they are on, whatever the server said before.
    if (this.#setting === 'off') this.#found({ kind: 'on' });
    this.#parts.deliver(message);
  }

  async #check(): Promise<void> {
    clearTimeout(this.#recheck);
    const session = this.#session;
    if (!session?.server) return;
    const found = await checkKeyspaceEvents(session, this.#parts.pattern, this.#parts.wanted);
    // Without a connection any more it says nothing of the setting: it is asked again when there is one.
    if (this.#session === session && session.server) this.#found(found);
  }

  #found(found: KeyspaceSetting): void {
    const { events, texts } = this.#parts;
    clearTimeout(this.#recheck);
    this.#setting = found.kind;
    if (found.kind !== this.#told) {
      if (found.kind === 'off') events.warn(texts.text('errors.keyspace-off', { setting: found.setting || '""' }));
      if (found.kind === 'unknown') events.warn(texts.text('errors.keyspace-unknown', { reason: reason(found.error) }));
    }
    this.#told = found.kind;
    if (found.kind === 'off') {
      this.#recheck = setTimeout(() => void this.#check(), RECHECK_MILLIS);
      this.#recheck.unref();
    }
    events.changed();
  }
}

function reason(error: PoolError): string {
  return `${error.message} (${error.code})`;
}
