/** What a source node does: its subscription, or those it is told of by messages, and the messages they bring. */
import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import { PoolError } from '../core/errors';
import type { MqttSession } from '../drivers/mqtt/session';
import { parseTopicFilter } from '../drivers/mqtt/topic-filter';
import type { BorrowHandlers, Borrowing } from './borrowing';
import { type Decompression, readDecompression } from './compression';
import { type Done, runConnectionAction } from './connection-actions';
import type { Legacy } from './hand-over/hand-over';
import { Inlet } from './hand-over/inlet';
import { toFlowMessage, toUndecodedMessage } from './incoming-message';
import type { MqttProfileController } from './mqtt-profile-controller';
import { runSubscriptionAction } from './mqtt-subscription-actions';
import { type Arrival, type MqttEntry, MqttSubscriptions, type OfferEvents } from './mqtt-subscriptions';
import { type FlowLimits, readFlowLimits } from './pressure/flow-limits';
import type { MessagesInFlow } from './pressure/messages-in-flow';
import { flowStatus, newSourceFlow } from './pressure/source-flow';
import { CheckedReaders, readBoolean, readText, type Settings } from './settings-readers';
import { connectionStatus, problemStatus, refusedFilterStatus, StatusLight } from './status';
import { readSubscribing, type Subscribing, type SubscriptionRequest } from './subscription-request';
import type { Texts } from './texts';

/** The defaults of the editor for a subscription made by a message. */
const DYNAMIC_DEFAULTS: Subscribing = { qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 0 };
/** What flow JSON without these properties means, as in the core node. */
const STATIC_DEFAULTS: Subscribing = { qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 };

const readers = new CheckedReaders('MQTT_INVALID_SOURCE', 'node', 'pool-mqtt-source');

export interface MqttSourceParts {
  readonly RED: Pick<NodeAPI, 'hooks'>;
  readonly node: Node;
  readonly settings: Settings;
  readonly profile: MqttProfileController;
  /** The texts of the source node. */
  readonly texts: Texts;
}

export class MqttSource implements Legacy {
  readonly #node: Node;
  readonly #profile: MqttProfileController;
  readonly #texts: Texts;
  readonly #status: StatusLight;
  readonly #datatype: string;
  readonly #inlet: Inlet<Arrival>;
  readonly #subscriptions: MqttSubscriptions;
  /** Undefined if nobody need know what becomes of the messages. */
  #flow: MessagesInFlow<Arrival> | undefined;
  #borrowing: Borrowing<MqttSession> | undefined;
  #session: MqttSession | undefined;
  #state: ConnectionState | undefined;
  #addsTopicCopy = false;
  #parked = false;
  /** Closed, and nobody comes in its place. */
  #over = false;
  #decompression: Decompression | undefined;
  /** Why its settings can't work. */
  #problem: PoolError | undefined;

  constructor({ RED, node, settings, profile, texts }: MqttSourceParts) {
    this.#node = node;
    this.#profile = profile;
    this.#texts = texts;
    this.#status = new StatusLight(node);
    this.#datatype = readText(settings, 'datatype') || 'utf8';
    this.#inlet = new Inlet({
      handOver: profile.handOver,
      deliver: (arrival) => this.#deliver(arrival),
      sizeOf: ({ message }) => message.payload.length,
      keeps: ({ message }) => message.acknowledge !== undefined,
      overflowed: (count) => {
        this.#borrowing?.lease?.countDropped(count);
        node.warn(texts.text('errors.dropped-while-away', { count }));
      },
    });
    const offers: OfferEvents = {
      lingerMillis: () => profile.lingerMillis,
      resumed: (arrivals) => {
        for (const arrival of arrivals) this.#deliver(arrival);
      },
      forgotten: (arrivals) => this.#giveUp(arrivals),
    };
    this.#subscriptions = new MqttSubscriptions(
      {
        message: (message, filter) => this.#inlet.push({ message, filter }),
        changed: () => this.#show(),
        refused: (error, filter) => node.error(error, { topic: filter }),
        overlapping: (filter, others) => node.warn(texts.text('errors.overlap', { filter, others })),
      },
      isDynamic(settings) ? offers : undefined,
    );
    try {
      const decompression = readDecompression(readers, settings);
      if (decompression.compression !== 'none') this.#decompression = decompression;
      const limits = readFlowLimits(settings, readers);
      if (limits) this.#flow = this.#newFlow(RED.hooks, limits);
      if (!isDynamic(settings)) this.#addStatic(settings);
    } catch (thrown) {
      this.#problem = PoolError.from(thrown);
      this.#failed(this.#problem);
      return;
    }
    const handlers: BorrowHandlers<MqttSession> = {
      inherit: (legacy) => this.#inherit(legacy),
      park: (removed) => this.#park(removed),
      bound: (session) => this.#bound(session),
      unbinding: (keep) => this.#unbinding(keep),
      stateChanged: (state) => this.#stateChanged(state),
      failed: (error) => this.#failed(error),
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
    const isShutdown = this.#profile.handOver.shuttingDown;
    if (isShutdown) await this.#flow?.drain();
    if (this.#borrowing) await this.#profile.giveBack(this.#borrowing, removed);
    // Unless it may come back: then all that is left is its successor's, or ended with the hold.
    if (this.#parked || isShutdown) return;
    this.#over = true;
    this.#giveUp(this.#flow?.retire());
  }

  end(): void {
    this.#over = true;
    this.#giveUp(this.#inlet.clear());
  }

  /** What nobody will handle is not to hold up others. At a shutdown it is left, and comes again. */
  #giveUp(arrivals: readonly Arrival[] = []): void {
    if (this.#profile.handOver.shuttingDown) return;
    for (const { message } of arrivals) message.acknowledge?.('failed');
  }

  #newFlow(hooks: NodeAPI['hooks'], limits: FlowLimits): MessagesInFlow<Arrival> {
    return newSourceFlow({
      hooks,
      limits,
      handOver: this.#profile.handOver,
      interrupted: (arrival) => (this.#over ? this.#giveUp([arrival]) : this.#inlet.push(arrival)),
      node: this.#node,
      texts: this.#texts,
      message: (arrival) => this.#read(arrival),
      acknowledge: ({ message }) => message.acknowledge,
      dropped: () => this.#borrowing?.lease?.countDropped(1),
      crowding: () => (this.#session?.receiveMaximum ?? Infinity) / 2,
      changed: () => this.#show(),
    });
  }

  #runSubscriptionAction(message: NodeMessageInFlow, send: (message: NodeMessage) => void): void {
    const { current } = this.#profile;
    const configured = current instanceof PoolError ? undefined : current.profile.protocolVersion;
    const version = this.#session?.protocolVersion ?? configured;
    const parts = {
      subscriptions: this.#subscriptions,
      entry: (request: SubscriptionRequest) => this.#entry(request, DYNAMIC_DEFAULTS),
      speaksV5: version === 5 || version === 'auto',
    };
    if (!runSubscriptionAction(parts, message, send)) {
      throw new PoolError('INVALID_ACTION', this.#texts.text('errors.invalid-action'));
    }
    this.#show();
  }

  #addStatic(settings: Settings): void {
    const topic = settings['topic'];
    if (typeof topic !== 'string' || topic === '') {
      throw new PoolError('MQTT_INVALID_FILTER', this.#texts.text('errors.no-topic'));
    }
    const { qos, nl, rap, rh } = settings;
    const entry = this.#entry({ topic, qos, nl, rap, rh }, STATIC_DEFAULTS);
    this.#subscriptions.add({ ...entry, replayRetained: readBoolean(settings, 'replayRetained', false) });
  }

  #entry(request: SubscriptionRequest, defaults: Subscribing): MqttEntry {
    parseTopicFilter(request.topic);
    const options = readSubscribing(request, defaults);
    const datatype = typeof request.datatype === 'string' && request.datatype ? request.datatype : this.#datatype;
    // With a limit, what waits for the flow is held back, whenever it is acknowledged.
    return { request, options, datatype, acknowledge: this.#flow ? 'complete' : 'receipt' };
  }

  #inherit(legacy: Legacy): void {
    if (!(legacy instanceof MqttSource)) return;
    this.#subscriptions.inherit(legacy.#subscriptions);
    this.#inlet.takeOver(legacy.#inlet);
  }

  #park(removed: boolean): Legacy {
    this.#parked = true;
    if (removed) this.#subscriptions.leaveGroups();
    this.#inlet.hold();
    for (const arrival of this.#flow?.retire() ?? []) this.#inlet.push(arrival);
    return this;
  }

  #bound(session: MqttSession): void {
    const { current } = this.#profile;
    this.#addsTopicCopy = !(current instanceof PoolError) && current.addsTopicCopy;
    this.#session = session;
    this.#subscriptions.bound(session);
  }

  #unbinding(keep: boolean): void {
    this.#session = undefined;
    this.#subscriptions.unbinding(keep);
  }

  #deliver(arrival: Arrival): void {
    if (this.#subscriptions.defer(arrival)) return;
    if (this.#flow) return this.#flow.take(arrival);
    const message = this.#read(arrival);
    // Without a flow to wait for: it came on a subscription of the predecessor, which had one.
    arrival.message.acknowledge?.('done');
    if (message) this.#node.send(message);
  }

  /** The message for the flow; none if nobody wants it any more, or it can't be read. */
  #read({ message, filter }: Arrival): NodeMessage | undefined {
    const entry = this.#subscriptions.entryFor(filter, message.topic);
    if (!entry) {
      message.acknowledge?.('done');
      return undefined;
    }
    try {
      return toFlowMessage(message, entry.datatype, this.#addsTopicCopy, this.#decompression);
    } catch (thrown) {
      this.#node.error(thrown, toUndecodedMessage(message));
      message.acknowledge?.('failed');
      return undefined;
    }
  }

  #stateChanged(state: ConnectionState | undefined): void {
    this.#state = state;
    this.#show();
  }

  #show(): void {
    if (this.#parked || this.#over) return;
    const refused = this.#state?.kind === 'connected' ? this.#subscriptions.refused : undefined;
    if (refused) this.#status.show(refusedFilterStatus(refused.filter, refused.error, this.#profile.texts));
    else if (this.#borrowing?.problem) this.#status.show(problemStatus(this.#borrowing.problem, this.#profile.texts));
    else if (this.#state?.kind === 'connected' && this.#flow?.condition)
      this.#status.show(flowStatus(this.#flow.condition, this.#texts));
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
