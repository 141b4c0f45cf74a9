/** What a Redis source node does: it subscribes or reads, and sends what that brings. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { ConnectionState } from '../../core/connection-state';
import { PoolError } from '../../core/errors';
import type { RedisSession } from '../../drivers/redis/session';
import type { RedisMessage } from '../../drivers/redis/subscribing';
import type { BorrowHandlers, Borrowing } from '../borrowing';
import { type Done, runConnectionAction } from '../connection-actions';
import type { Legacy } from '../hand-over/hand-over';
import { Inlet } from '../hand-over/inlet';
import { stableKey } from '../hand-over/stable-key';
import type { MessagesInFlow } from '../pressure/messages-in-flow';
import { flowStatus, newSourceFlow } from '../pressure/source-flow';
import type { RedisProfileController } from '../redis-profile-controller';
import { isPlainObject, type Settings } from '../settings-readers';
import { connectionStatus, problemStatus, StatusLight } from '../status';
import type { Texts } from '../texts';
import { type Acknowledging, newAcknowledging } from './acknowledging';
import { Batcher } from './batcher';
import { FlowReceiver } from './item-receiver';
import { KeyspaceWatch, type KeyspaceWatchParts } from './keyspace-watch';
import { Reading } from './reading';
import { conditionStatus } from './condition-status';
import type { SourceEvents, SourceInput } from './source-input';
import { batchMessage, keyEventMessage, publishedMessage, type SourceMessage } from './source-messages';
import { readSourceSettings, type SourceSettings, subscribesTo } from './source-settings';
import { runSubscriptionAction } from './subscription-actions';
import { Subscriptions } from './subscriptions';

export interface RedisSourceParts {
  readonly RED: Pick<NodeAPI, 'hooks' | 'util'>;
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: RedisProfileController;
  /** The texts of the source node. */
  readonly texts: Texts;
}

export class RedisSource implements Legacy {
  readonly #node: Node;
  readonly #profile: RedisProfileController;
  readonly #texts: Texts;
  readonly #status: StatusLight;
  readonly #events: SourceEvents;
  readonly #inlet: Inlet<RedisMessage>;
  #settings: SourceSettings | undefined;
  #input: SourceInput | undefined;
  #subscriptions: Subscriptions | undefined;
  #acknowledging: Acknowledging | undefined;
  #publications: Batcher<SourceMessage> | undefined;
  /** Set where the number of messages in the flow is limited. */
  #flow: MessagesInFlow<SourceMessage> | undefined;
  #borrowing: Borrowing<RedisSession> | undefined;
  #session: RedisSession | undefined;
  /** What the predecessor was subscribed to, and this node is not. */
  #leaving: SourceInput | undefined;
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
    this.#inlet = new Inlet({
      handOver: profile.handOver,
      deliver: (message) => this.#deliver(message),
      sizeOf: ({ payload }) => payload.length,
      overflowed: (count) => {
        this.#borrowing?.lease?.countDropped(count);
        node.warn(texts.text('errors.dropped-while-away', { count }));
      },
    });
    try {
      this.#settings = readSourceSettings(settings, stableKey(node));
      this.#input = this.#newInput(this.#settings, RED);
    } catch (thrown) {
      this.#failed(PoolError.from(thrown));
      return;
    }
    const handlers: BorrowHandlers<RedisSession> = {
      inherit: (legacy) => this.#inherit(legacy),
      park: () => this.#park(),
      bound: (session) => this.#bound(session),
      unbinding: () => this.#unbinding(),
      stateChanged: (state) => this.#stateChanged(state),
      failed: (error) => this.#failed(error),
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
    try {
      // Subscriptions stay for the node that comes in this one's place; readers lose nothing when they stop.
      if (this.#input instanceof Reading) await this.#input.close();
    } finally {
      if (this.#profile.handOver.shuttingDown) await this.#flow?.drain();
      else this.#flow?.retire();
      if (this.#borrowing) await this.#profile.giveBack(this.#borrowing, removed);
    }
  }

  end(): void {
    this.#inlet.clear();
  }

  #newInput(settings: SourceSettings, RED: RedisSourceParts['RED']): SourceInput {
    const { mode, key, events: wanted, batchCount, batchMillis, limits, request } = settings;
    const { handOver } = this.#profile;
    const parts = { hooks: RED.hooks, handOver, node: this.#node, texts: this.#texts, changed: () => this.#show() };
    const dropped = () => this.#borrowing?.lease?.countDropped(1);
    const flow = limits && newSourceFlow<SourceMessage>({ ...parts, limits, dropped, message: (message) => message });
    this.#flow = flow;
    if (request) {
      const send = (message: SourceMessage) => (flow ? flow.takeAll([message]) : this.#node.send(message));
      this.#acknowledging = newAcknowledging({ RED, handOver, settings, send });
      const receiver = new FlowReceiver(settings, this.#events, this.#acknowledging, flow);
      return new Reading(request, this.#events, receiver, this.#texts);
    }
    if (batchCount > 1) {
      this.#publications = new Batcher(batchCount, batchMillis, (batch) => this.#send(batchMessage(batch, key)));
    }
    const kind = subscribesTo(mode);
    if (kind === undefined) return new KeyspaceWatch(this.#keyspaceParts(key, wanted));
    this.#subscriptions = new Subscriptions(this.#events, this.#arrived);
    if (key !== '') this.#subscriptions.add({ kind, name: key });
    return this.#subscriptions;
  }

  #database(): number {
    const { current } = this.#profile;
    return current instanceof PoolError ? 0 : (current.profile.database ?? 0);
  }

  readonly #arrived = (message: RedisMessage): void => this.#inlet.push(message);

  #keyspaceParts(pattern: string, wanted: readonly string[]): KeyspaceWatchParts {
    const database = () => this.#database();
    return { events: this.#events, texts: this.#texts, pattern, wanted, database, deliver: this.#arrived };
  }

  #inherit(legacy: Legacy): void {
    if (!(legacy instanceof RedisSource)) return;
    const { mode, batchCount } = this.#settings ?? {};
    if (batchCount === legacy.#settings?.batchCount && mode === legacy.#settings?.mode) {
      for (const message of legacy.#publications?.take() ?? []) this.#publications?.add(message);
    } else {
      legacy.#publications?.flush();
    }
    this.#inheritInput(legacy);
    this.#inlet.takeOver(legacy.#inlet);
  }

  #inheritInput(legacy: RedisSource): void {
    const former = legacy.#input;
    if (this.#input instanceof Reading && former instanceof Reading) this.#input.goOnAfter(former);
    if (!legacy.#session) return;
    if (former instanceof Subscriptions && this.#subscriptions && sameNames(former, this.#subscriptions)) {
      former.serve(this.#events, this.#arrived);
      this.#subscriptions = former;
    } else if (former instanceof KeyspaceWatch && this.#input instanceof KeyspaceWatch && this.#isSameWatch(legacy)) {
      former.serve(this.#keyspaceParts(this.#settings?.key ?? '', this.#settings?.events ?? []));
    } else {
      if (former instanceof Subscriptions && this.#subscriptions) this.#subscriptions.takeOverFrom(former);
      else if (former instanceof KeyspaceWatch && this.#input instanceof KeyspaceWatch)
        this.#input.takeOverFrom(former);
      else this.#leaving = former instanceof Reading ? undefined : former;
      return;
    }
    this.#input = former;
    this.#session = legacy.#session;
  }

  #isSameWatch(legacy: RedisSource): boolean {
    const settings = legacy.#settings;
    return settings?.key === this.#settings?.key && String(settings?.events) === String(this.#settings?.events);
  }

  #park(): Legacy {
    this.#inlet.hold();
    return this;
  }

  #bound(session: RedisSession): void {
    // Inherited with all that is subscribed on it.
    if (this.#session === session) return;
    this.#session = session;
    const { handOver } = this.#profile;
    const bind = () => {
      if (this.#session === session && !this.#closed) this.#input?.bound(session);
    };
    // What the messages go to may not be there yet.
    if (this.#input instanceof Reading && handOver.starting) handOver.onceStarted(bind);
    else bind();
    this.#leaving?.unbinding();
    this.#leaving = undefined;
  }

  #unbinding(): void {
    this.#session = undefined;
    if (this.#closed) this.#publications?.flush();
    this.#input?.unbinding();
    this.#leaving?.unbinding();
    this.#leaving = undefined;
  }

  #deliver(message: RedisMessage): void {
    const settings = this.#settings;
    if (!settings) return;
    if (settings.mode === 'keyspace') this.#keyEvent(message, settings.events);
    else this.#published(message, settings);
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
    else this.#send(message);
  }

  /** What is published can't be held back: beyond the limit it is dropped. */
  #send(message: SourceMessage): void {
    if (this.#flow && !this.#closed) this.#flow.take(message);
    else this.#node.send(message);
  }

  #runAction(message: NodeMessageInFlow, send: (message: NodeMessage) => void): void {
    const action: unknown = message['action'];
    if (this.#subscriptions && this.#settings?.dynamic) {
      const kind = subscribesTo(this.#settings.mode) ?? 'channel';
      if (runSubscriptionAction(this.#subscriptions, kind, message, send)) return;
    } else if ((action === 'ack' || action === 'nack') && this.#acknowledging?.settle) {
      const redis = message['redis'];
      const handle: unknown = isPlainObject(redis) ? redis['acknowledge'] : undefined;
      this.#acknowledging.settle(handle, action === 'ack' ? 'done' : 'failed');
      return;
    }
    throw new PoolError('INVALID_ACTION', this.#texts.text('errors.invalid-action'));
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
    const connected = this.#state?.kind === 'connected';
    const condition = connected ? this.#input?.condition : undefined;
    const slow = connected ? this.#flow?.condition : undefined;
    if (condition) this.#status.show(conditionStatus(condition, texts));
    else this.#status.show(slow ? flowStatus(slow, this.#texts) : connectionStatus(this.#state, texts));
  }

  #failed(error: PoolError): void {
    this.#status.show(problemStatus(error, this.#profile.texts));
    this.#node.error(`${error.message} (${error.code})`);
  }
}

function sameNames(one: Subscriptions, other: Subscriptions): boolean {
  return JSON.stringify(one.requests) === JSON.stringify(other.requests);
}
