/** What a source node does: its subscription, or those it is told of by messages, and the messages they bring. */
import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import { PoolError } from '../core/errors';
import type { MqttMessage, MqttSession, MqttSubscription, SubscriptionState } from '../drivers/mqtt/session';
import { parseTopicFilter } from '../drivers/mqtt/topic-filter';
import type { Borrowing } from './borrowing';
import { type Decompression, readDecompression } from './compression';
import { type Done, runConnectionAction } from './connection-actions';
import { toFlowMessage, toUndecodedMessage } from './incoming-message';
import type { MqttProfileController } from './mqtt-profile-controller';
import { CheckedReaders, readBoolean, readText, type Settings } from './settings-readers';
import { connectionStatus, problemStatus, refusedFilterStatus, StatusLight } from './status';
import {
  describeSubscription,
  readSubscribing,
  readSubscriptions,
  type Subscribing,
  type SubscriptionRequest,
} from './subscription-request';
import type { Texts } from './texts';

/** The defaults of the editor for a subscription made by a message. */
const DYNAMIC_DEFAULTS: Subscribing = { qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 0 };
/** What flow JSON without these properties means, as in the core node. */
const STATIC_DEFAULTS: Subscribing = { qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 };

const readers = new CheckedReaders('MQTT_INVALID_SOURCE', 'node');

/** One filter of the node, whether it is subscribed just now or not. */
interface Entry {
  readonly request: SubscriptionRequest;
  readonly options: Subscribing;
  readonly datatype: string;
  subscription: MqttSubscription | undefined;
  /** Why the broker refused it, until it accepts it. */
  refusal: PoolError | undefined;
  /** The overlap warned of last. */
  overlaps: string;
}

export interface MqttSourceParts {
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: MqttProfileController;
  /** The texts of the source node. */
  readonly texts: Texts;
}

export class MqttSource {
  readonly #node: Node;
  readonly #profile: MqttProfileController;
  readonly #texts: Texts;
  readonly #status: StatusLight;
  readonly #datatype: string;
  #decompression: Decompression | undefined;
  /** Why its settings can't work. */
  #problem: PoolError | undefined;
  readonly #entries = new Map<string, Entry>();
  #borrowing: Borrowing<MqttSession> | undefined;
  #session: MqttSession | undefined;
  #state: ConnectionState | undefined;
  #addsTopicCopy = false;

  constructor({ node, settings, profile, texts }: MqttSourceParts) {
    this.#node = node;
    this.#profile = profile;
    this.#texts = texts;
    this.#status = new StatusLight(node);
    this.#datatype = readText(settings, 'datatype') || 'utf8';
    try {
      const decompression = readDecompression(readers, settings);
      if (decompression.compression !== 'none') this.#decompression = decompression;
      if (!isDynamic(settings)) this.#addStatic(settings);
    } catch (thrown) {
      this.#problem = PoolError.from(thrown);
      this.#failed(this.#problem);
      return;
    }
    const handlers = {
      bound: (session: MqttSession) => this.#bound(session),
      unbinding: (keep: boolean) => this.#unbinding(keep),
      stateChanged: (state: ConnectionState | undefined) => this.#stateChanged(state),
      failed: (error: PoolError) => this.#failed(error),
    };
    this.#borrowing = profile.borrow(node, handlers, readBoolean(settings, 'dedicated', false));
  }

  /** A control message of a dynamic source. Calls `done` once and never throws. */
  input(message: NodeMessageInFlow, send: (message: NodeMessage) => void, done: Done): void {
    if (this.#problem) return done(this.#problem);
    try {
      if (this.#borrowing && runConnectionAction(this.#profile, this.#borrowing, message, done)) return;
      this.#runSubscriptionAction(message, send);
    } catch (thrown) {
      done(PoolError.from(thrown));
      return;
    }
    done();
  }

  async close(removed: boolean): Promise<void> {
    if (this.#borrowing) await this.#profile.giveBack(this.#borrowing, removed);
  }

  #runSubscriptionAction(message: NodeMessageInFlow, send: (message: NodeMessage) => void): void {
    switch (message['action']) {
      case 'subscribe':
        this.#subscribeAll(readSubscriptions(message.topic));
        message['subscriptions'] = this.#list();
        return;
      case 'unsubscribe':
        this.#unsubscribeAll((message.topic as unknown) === true ? this.#list() : readSubscriptions(message.topic));
        message['subscriptions'] = this.#list();
        return;
      case 'getSubscriptions':
        message.topic = 'subscriptions';
        message.payload = this.#list();
        send(message);
        return;
      default:
        throw new PoolError('INVALID_ACTION', this.#texts.text('errors.invalid-action'));
    }
  }

  #list(): SubscriptionRequest[] {
    const current = this.#profile.current;
    const configured = current instanceof PoolError ? undefined : current.profile.protocolVersion;
    const version = this.#session?.protocolVersion ?? configured;
    const speaksV5 = version === 5 || version === 'auto';
    return [...this.#entries.values()].map(({ request, options }) => describeSubscription(request, options, speaksV5));
  }

  /** All or none: everything is checked before the first is subscribed. */
  #subscribeAll(requests: readonly SubscriptionRequest[]): void {
    const entries = requests.map((request) => this.#entry(request, DYNAMIC_DEFAULTS));
    for (const entry of entries) {
      const filter = entry.request.topic;
      this.#end(filter);
      this.#entries.set(filter, entry);
      if (this.#session) this.#subscribe(this.#session, entry);
    }
    this.#show();
  }

  #unsubscribeAll(requests: readonly SubscriptionRequest[]): void {
    for (const { topic } of requests) parseTopicFilter(topic);
    for (const { topic } of requests) this.#end(topic);
    this.#show();
  }

  #addStatic(settings: Settings): void {
    const topic = settings['topic'];
    if (typeof topic !== 'string' || topic === '') {
      throw new PoolError('MQTT_INVALID_FILTER', this.#texts.text('errors.no-topic'));
    }
    const { qos, nl, rap, rh } = settings;
    this.#entries.set(topic, this.#entry({ topic, qos, nl, rap, rh }, STATIC_DEFAULTS));
  }

  #entry(request: SubscriptionRequest, defaults: Subscribing): Entry {
    parseTopicFilter(request.topic);
    const options = readSubscribing(request, defaults);
    const datatype = typeof request.datatype === 'string' && request.datatype ? request.datatype : this.#datatype;
    return { request, options, datatype, subscription: undefined, refusal: undefined, overlaps: '' };
  }

  #end(filter: string): void {
    this.#entries.get(filter)?.subscription?.close(false);
    this.#entries.delete(filter);
  }

  #bound(session: MqttSession): void {
    const { current } = this.#profile;
    this.#addsTopicCopy = !(current instanceof PoolError) && current.addsTopicCopy;
    this.#session = session;
    for (const entry of this.#entries.values()) this.#subscribe(session, entry);
  }

  #unbinding(keep: boolean): void {
    this.#session = undefined;
    for (const entry of this.#entries.values()) {
      entry.subscription?.close(keep);
      entry.subscription = undefined;
      entry.refusal = undefined;
    }
  }

  #subscribe(session: MqttSession, entry: Entry): void {
    const { datatype, request, options } = entry;
    const listener = (message: MqttMessage) => this.#deliver(message, datatype);
    const onState = (state: SubscriptionState) => this.#subscriptionChanged(entry, state);
    try {
      entry.subscription = session.subscribe(request.topic, { ...options, onState }, listener);
    } catch (thrown) {
      this.#subscriptionChanged(entry, { kind: 'refused', error: PoolError.from(thrown) });
    }
  }

  #deliver(message: MqttMessage, datatype: string): void {
    let decoded: NodeMessage;
    try {
      decoded = toFlowMessage(message, datatype, this.#addsTopicCopy, this.#decompression);
    } catch (thrown) {
      this.#node.error(thrown, toUndecodedMessage(message));
      return;
    }
    this.#node.send(decoded);
  }

  /** A refusal is told once, not again after every reconnect. */
  #subscriptionChanged(entry: Entry, state: SubscriptionState): void {
    if (this.#entries.get(entry.request.topic) !== entry) return;
    if (state.kind === 'pending') return;
    const overlaps = state.kind === 'active' ? (state.overlaps?.join(', ') ?? '') : '';
    if (overlaps && overlaps !== entry.overlaps) {
      this.#node.warn(this.#texts.text('errors.overlap', { filter: entry.request.topic, others: overlaps }));
    }
    entry.overlaps = overlaps || entry.overlaps;
    const told = entry.refusal?.code;
    entry.refusal = state.kind === 'refused' ? state.error : undefined;
    if (entry.refusal && entry.refusal.code !== told) this.#node.error(entry.refusal, { topic: entry.request.topic });
    this.#show();
  }

  #stateChanged(state: ConnectionState | undefined): void {
    this.#state = state;
    this.#show();
  }

  #show(): void {
    const refused = [...this.#entries.values()].find((entry) => entry.refusal);
    const concerns = this.#state?.kind === 'connected' && refused?.refusal;
    if (refused && concerns)
      this.#status.show(refusedFilterStatus(refused.request.topic, concerns, this.#profile.texts));
    else if (this.#borrowing?.problem) this.#status.show(problemStatus(this.#borrowing.problem, this.#profile.texts));
    else this.#status.show(connectionStatus(this.#state, this.#profile.texts));
  }

  #failed(error: PoolError): void {
    this.#status.show(problemStatus(error, this.#profile.texts));
    this.#node.error(`${error.message} (${error.code})`);
  }
}

/** A dynamic source has an input and is told what to subscribe to by messages. */
export function isDynamic(settings: Settings): boolean {
  return Number(settings['inputs']) === 1;
}
