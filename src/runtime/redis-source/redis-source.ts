/** What a Redis source node does: it subscribes or reads, and sends what that brings. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { ConnectionState } from '../../core/connection-state';
import { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type { RedisMessage } from '../../drivers/redis/subscribing';
import type { Borrowing } from '../borrowing';
import { type Done, runConnectionAction } from '../connection-actions';
import type { RedisProfileController } from '../redis-profile-controller';
import { isPlainObject, type Settings } from '../settings-readers';
import { connectionStatus, problemStatus, refusedFilterStatus, StatusLight } from '../status';
import type { Texts } from '../texts';
import { type Acknowledging, newAcknowledging } from './acknowledging';
import { Batcher } from './batcher';
import { FlowReceiver } from './item-receiver';
import { KeyspaceWatch } from './keyspace-watch';
import { Reading } from './reading';
import type { SourceEvents, SourceInput } from './source-input';
import { batchMessage, keyEventMessage, publishedMessage, type SourceMessage } from './source-messages';
import { readSourceSettings, type SourceSettings, subscribesTo } from './source-settings';
import { Subscriptions } from './subscriptions';

export interface RedisSourceParts {
  readonly RED: Pick<NodeAPI, 'hooks' | 'util'>;
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: RedisProfileController;
  /** The texts of the source node. */
  readonly texts: Texts;
}

export class RedisSource {
  readonly #node: Node;
  readonly #profile: RedisProfileController;
  readonly #texts: Texts;
  readonly #status: StatusLight;
  readonly #events: SourceEvents;
  #settings: SourceSettings | undefined;
  #input: SourceInput | undefined;
  #subscriptions: Subscriptions | undefined;
  #acknowledging: Acknowledging | undefined;
  #publications: Batcher<SourceMessage> | undefined;
  #borrowing: Borrowing<RedisSession> | undefined;
  #state: ConnectionState | undefined;
  #closed = false;

  constructor({ RED, node, settings, profile, texts }: RedisSourceParts) {
    this.#node = node;
    this.#profile = profile;
    this.#texts = texts;
    this.#status = new StatusLight(node);
    this.#events = {
      changed: () => this.#show(),
      error: (error, message) => node.error(error, message),
      warn: (text) => node.warn(text),
    };
    try {
      this.#settings = readSourceSettings(settings, node.id);
      this.#input = this.#newInput(this.#settings, RED);
    } catch (thrown) {
      this.#failed(PoolError.from(thrown));
      return;
    }
    const handlers = {
      bound: (session: RedisSession) => this.#input?.bound(session),
      unbinding: () => this.#input?.unbinding(),
      stateChanged: (state: ConnectionState | undefined) => this.#stateChanged(state),
      failed: (error: PoolError) => this.#failed(error),
    };
    this.#borrowing = profile.borrow(node, handlers, this.#settings.dedicated);
    this.#show();
  }

  /** A control message. Calls `done` once and never throws. */
  input(message: NodeMessageInFlow, send: (message: NodeMessage) => void, done: Done): void {
    try {
      if (this.#borrowing && runConnectionAction(this.#profile, this.#borrowing, message, done)) return;
      this.#runAction(message, send);
    } catch (thrown) {
      done(PoolError.from(thrown));
      return;
    }
    done();
  }

  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    this.#publications?.flush();
    try {
      await this.#input?.close();
    } finally {
      if (this.#borrowing) await this.#profile.giveBack(this.#borrowing, removed);
    }
  }

  #newInput(settings: SourceSettings, RED: RedisSourceParts['RED']): SourceInput {
    const { mode, key, events: wanted, batchCount, batchMillis, request } = settings;
    if (request) {
      const send = (message: SourceMessage) => this.#node.send(message);
      this.#acknowledging = newAcknowledging({ RED, settings, send });
      const receiver = new FlowReceiver(settings, this.#events, this.#acknowledging);
      return new Reading(request, this.#events, receiver, this.#texts);
    }
    if (batchCount > 1) {
      this.#publications = new Batcher(batchCount, batchMillis, (batch) => this.#node.send(batchMessage(batch, key)));
    }
    const kind = subscribesTo(mode);
    if (kind === undefined) {
      return new KeyspaceWatch({
        events: this.#events,
        texts: this.#texts,
        pattern: key,
        wanted,
        database: () => this.#database(),
        deliver: (message) => this.#keyEvent(message, wanted),
      });
    }
    this.#subscriptions = new Subscriptions(this.#events, (message) => this.#published(message, settings));
    if (key !== '') this.#subscriptions.add({ kind, name: key });
    return this.#subscriptions;
  }

  #database(): number {
    const { current } = this.#profile;
    return current instanceof PoolError ? 0 : (current.profile.database ?? 0);
  }

  #published(message: RedisMessage, { datatype }: SourceSettings): void {
    let decoded: SourceMessage;
    try {
      decoded = publishedMessage(message, datatype);
    } catch (thrown) {
      this.#node.error(thrown, publishedMessage(message, 'buffer'));
      return;
    }
    this.#sendPublication(decoded);
  }

  #keyEvent(message: RedisMessage, wanted: readonly string[]): void {
    const event = keyEventMessage(message);
    if (event && (wanted.length === 0 || wanted.includes(String(event.payload)))) this.#sendPublication(event);
  }

  #sendPublication(message: SourceMessage): void {
    if (this.#publications) this.#publications.add(message);
    else this.#node.send(message);
  }

  #runAction(message: NodeMessageInFlow, send: (message: NodeMessage) => void): void {
    const action: unknown = message['action'];
    if (this.#subscriptions && this.#settings?.dynamic) {
      if (this.#runSubscriptionAction(this.#subscriptions, action, message, send)) return;
    } else if ((action === 'ack' || action === 'nack') && this.#acknowledging?.settle) {
      const redis = message['redis'];
      const handle: unknown = isPlainObject(redis) ? redis['acknowledge'] : undefined;
      this.#acknowledging.settle(handle, action === 'ack' ? 'done' : 'failed');
      return;
    }
    throw new PoolError('INVALID_ACTION', this.#texts.text('errors.invalid-action'));
  }

  #runSubscriptionAction(
    subscriptions: Subscriptions,
    action: unknown,
    message: NodeMessageInFlow,
    send: (message: NodeMessage) => void,
  ): boolean {
    const kind = subscribesTo(this.#settings?.mode ?? 'subscribe') ?? 'channel';
    const topic: unknown = message.topic;
    switch (action) {
      case 'subscribe':
        for (const name of readNames(topic)) subscriptions.add({ kind, name });
        message['subscriptions'] = subscriptions.names;
        return true;
      case 'unsubscribe':
        for (const name of topic === true ? subscriptions.names : readNames(topic)) subscriptions.remove(name);
        message['subscriptions'] = subscriptions.names;
        return true;
      case 'getSubscriptions':
        message.topic = 'subscriptions';
        message.payload = subscriptions.names;
        send(message);
        return true;
      default:
        return false;
    }
  }

  #stateChanged(state: ConnectionState | undefined): void {
    this.#state = state;
    if (state?.kind === 'connected') this.#input?.connected?.();
    this.#show();
  }

  #show(): void {
    if (this.#closed) return;
    const { texts } = this.#profile;
    const problem = this.#borrowing?.problem;
    if (problem) return this.#status.show(problemStatus(problem, texts));
    const condition = this.#state?.kind === 'connected' ? this.#input?.condition : undefined;
    switch (condition?.kind) {
      case 'failed':
        return this.#status.show(
          condition.name === undefined
            ? problemStatus(condition.error, texts)
            : refusedFilterStatus(condition.name, condition.error, texts),
        );
      case 'status':
        return this.#status.show(condition.status);
      case 'pending':
        return this.#status.show(connectionStatus({ kind: 'connecting', since: 0, attempt: 1 }, texts));
      case undefined:
        return this.#status.show(connectionStatus(this.#state, texts));
    }
  }

  #failed(error: PoolError): void {
    this.#status.show(problemStatus(error, this.#profile.texts));
    this.#node.error(`${error.message} (${error.code})`);
  }
}

/** @throws PoolError `INVALID_SUBSCRIPTION` when it is not a name or an array of names */
function readNames(topic: unknown): string[] {
  const names: unknown[] = Array.isArray(topic) ? topic : [topic];
  if (names.every((name): name is string => typeof name === 'string' && name !== '')) return names;
  throw new PoolError('INVALID_SUBSCRIPTION', 'msg.topic must be the name to subscribe to, or an array of names.');
}
