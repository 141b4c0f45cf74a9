/** One MQTT connection: a new mqtt.js client per attempt, under subscriptions and a publisher that outlive it. */
import type { Duplex } from 'node:stream';
import type { IClientOptions, IConnackPacket } from 'mqtt';
import type { ConnectionContext, DriverConnection, SessionOptions } from '../../core/driver';
import { PoolError } from '../../core/errors';
import type { QueueView, SubscriptionsView } from '../../core/views';
import type { NamesOfKind } from '../../core/seen-names';
import { type BrokerAddress, parseBrokerUrl, showBroker } from './broker-url';
import { type ClientParts, clientOptions } from './client-options';
import { connectError, lossError, mayWantOlder, takenOver } from './connect-error';
import { connectionDetails, subscriptionViews } from './connection-details';
import { Acknowledgements } from './acknowledgements';
import { Dispatcher } from './dispatcher';
import { MessageIds } from './message-ids';
import { incoming, MqttLink } from './mqtt-link';
import { SharedSession } from './mqtt-session';
import { rememberOwn } from './own-publications';
import { probeBroker } from './probe';
import type { LifecycleMessage, MqttProfile } from './profile';
import { Publisher } from './publisher';
import type { MqttSession, ServerProperties } from './session';
import { IncomingStore, OutgoingStore } from './session-stores';
import { subscriptionRules } from './subscription-rules';
import { SubscriptionTable } from './subscription-table';
import { t } from '../../core/wording';

/** How long the end of a connection may wait for acknowledgements, and then for the socket. */
const DRAIN_MILLIS = 1_000;
const END_MILLIS = 1_000;
/** A connection closed by the broker sooner than this, again and again, is probably fought over. */
const TAKEOVER_MILLIS = 20_000;
const TAKEOVERS = 3;
/** The broker hung up this soon after a message: the message may be to blame. */
const BLAME_MILLIS = 1_000;

export class MqttConnection implements DriverConnection<MqttSession> {
  readonly table = new SubscriptionTable();
  readonly publisher: Publisher;
  readonly acknowledgements: Acknowledgements;
  readonly #profile: MqttProfile;
  readonly #context: ConnectionContext;
  readonly #parts: ClientParts;
  readonly #dispatcher: Dispatcher;
  readonly #topics: NamesOfKind | undefined;
  #link: MqttLink | undefined;
  /** The one that messages come from, which it may be before it counts as connected. */
  #announced: MqttLink | undefined;
  /** Some subscription acknowledges, or has. */
  #acknowledgesLate = false;
  /** Nobody listens here any more, and what the broker keeps for the session is another connection's. */
  #leavesMessages = false;
  #brokerIndex = 0;
  /** The version that `auto` has settled on with each broker. */
  readonly #settled = new Map<string, 4 | 5>();
  #wasConnected = false;
  #hangUps = 0;
  #lingering = false;
  #attemptsSinceLoss = 0;

  constructor(profile: MqttProfile, clientId: string, context: ConnectionContext) {
    this.#profile = profile;
    this.#context = context;
    this.#parts = { clientId, ids: new MessageIds(), incoming: new IncomingStore(), outgoing: new OutgoingStore() };
    this.publisher = new Publisher(context, this.#parts.ids, this.#parts.outgoing);
    this.#topics = context.seen?.of('topic');
    this.publisher.onSend = ({ topic, payload }) => {
      this.#topics?.note(topic);
      // A publication must not overtake a subscription made before it.
      this.table.flushPlanned();
      if (!this.table.tracksOwn) return;
      for (const entry of this.table.index.matchPlain(topic)) rememberOwn(entry, topic, payload);
    };
    this.#dispatcher = new Dispatcher(this.table, (error) => context.warn(error));
    this.acknowledgements = new Acknowledgements(this.#parts.incoming, (topic, packet, delivery) =>
      this.#announced?.onPublish(incoming(topic, packet, delivery)),
    );
  }

  get version(): 3 | 4 | 5 | undefined {
    return this.#link?.version ?? this.#settled.get(this.broker);
  }

  /** Whether messages are marked with the subscription they are for; undefined while it isn't connected. */
  get separatesFilters(): boolean | undefined {
    return this.#link && this.table.usesIdentifiers;
  }

  get serverProperties(): ServerProperties {
    return this.#link?.serverProperties ?? {};
  }

  get receiveMaximum(): number {
    return this.#profile.receiveMaximum ?? 65_535;
  }

  get clientId(): string {
    return this.#parts.clientId;
  }

  /** The broker of the present or next connection. */
  get broker(): string {
    return showBroker(this.#address);
  }

  get #address(): BrokerAddress {
    return parseBrokerUrl(this.#profile.brokers[this.#brokerIndex % this.#profile.brokers.length] ?? '');
  }

  warn(error: PoolError): void {
    this.#context.warn(error);
  }

  session({ queue }: SessionOptions): MqttSession {
    return new SharedSession(this, queue);
  }

  /** A subscription acknowledges for itself. From now on all messages go this way, so that their order is kept. */
  acknowledgeLate(): void {
    if (this.#acknowledgesLate) return;
    this.#acknowledgesLate = true;
    this.#handOver();
  }

  /** Hands out what was received and is otherwise handed out when the broker says so (QoS 2, at PUBREL). */
  handOutReceived(): void {
    for (const packet of this.#parts.incoming.handOut()) this.#announced?.onPublish(incoming(packet.topic, packet));
  }

  #handOver(): void {
    if (this.#leavesMessages) this.#announced?.handOver(() => true);
    else if (this.#acknowledgesLate)
      this.#announced?.handOver((topic, packet) => this.acknowledgements.receive(topic, packet));
  }

  get queued(): number {
    return this.publisher.queued;
  }

  details(): Record<string, unknown> {
    return connectionDetails(this);
  }

  subscriptions(limit: number): SubscriptionsView {
    return subscriptionViews(this.table.index, limit);
  }

  queues(): QueueView[] {
    return this.publisher.waiting;
  }

  readonly probe = () => probeBroker(this.#link, this.#context);

  linger(lingering: boolean): void {
    this.#lingering = lingering;
    this.#link?.hold(!lingering);
  }

  async connect(signal: AbortSignal): Promise<void> {
    this.#attemptsSinceLoss += 1;
    try {
      await this.#connectOnce(signal);
    } catch (thrown) {
      this.#brokerIndex += 1;
      // A test has one attempt only, in which all addresses have their turn.
      if (signal.aborted || !this.#context.test || this.#brokerIndex >= this.#profile.brokers.length) throw thrown;
      await this.connect(signal);
    }
  }

  async disconnect(final: boolean): Promise<void> {
    if (final && this.table.isKept) {
      this.#leavesMessages = true;
      this.#handOver();
    }
    const link = this.#link;
    if (link) {
      await this.publisher.drain(DRAIN_MILLIS);
      if (this.#link === link) await this.#endLink(link);
    }
    if (final) {
      const text = t`The connection to ${this.broker} was closed before the message was sent.`;
      this.publisher.close(new PoolError('CONNECTION_CLOSED', text));
    }
  }

  farewell(): void {
    const { close } = this.#profile;
    if (close && this.#link) void this.#sendOwn(this.#link, close);
    // It may be ending already.
    this.#announced?.farewell();
  }

  async #connectOnce(signal: AbortSignal): Promise<void> {
    const wanted = this.#profile.protocolVersion ?? 'auto';
    if (wanted !== 'auto') return this.#open(wanted, signal);
    const { broker } = this;
    const settled = this.#settled.get(broker);
    if (settled) return this.#open(settled, signal);
    try {
      await this.#open(5, signal);
      this.#settled.set(broker, 5);
    } catch (thrown) {
      if (signal.aborted || !mayWantOlder(thrown)) throw thrown;
      await this.#open(4, signal);
      // A connection that was just closed may have had another reason: next time, 5 is tried first again.
      if (thrown.code === 'MQTT_BAD_PROTOCOL') this.#settled.set(broker, 4);
    }
  }

  async #open(version: 3 | 4 | 5, signal: AbortSignal): Promise<void> {
    const address = this.#address;
    const options: IClientOptions = clientOptions(this.#profile, version, this.#parts);
    const { incoming: received } = this.#parts;
    const { test } = this.#context;
    const settings = { address, options, version, profile: this.#profile, incoming: received, test };
    const link = new MqttLink(settings, (connack) => this.#announce(link, connack));
    link.onPublish = (publish) => {
      const { counters, tracing } = this.#context;
      counters.messagesIn += 1;
      counters.bytesIn += publish.payload.length;
      tracing?.received(publish.topic, publish.payload.length);
      this.#topics?.note(publish.topic);
      this.#dispatcher.dispatch(publish);
      if (publish.identifiers === undefined && this.table.usesIdentifiers && !link.sessionPresent) {
        this.table.giveUpIdentifiers();
      }
    };
    try {
      await link.opened(signal);
    } catch (thrown) {
      const { clientId } = this.#parts;
      if (thrown instanceof PoolError) throw thrown;
      throw connectError({ address: showBroker(address), clientId, cause: thrown, reason: link.reason });
    }
    this.#established(link);
  }

  /** CONNACK is there; messages of a resumed session may follow in the same breath. */
  #announce(link: MqttLink, connack: IConnackPacket): void {
    const resumed = this.#isResumed(link);
    if (!resumed) {
      this.#parts.incoming.clear();
      this.#parts.outgoing.clear();
    }
    this.#announced = link;
    this.acknowledgements.connected(link.client.stream as Duplex, link.version, resumed);
    this.#handOver();
    this.table.announce(subscriptionRules(this.#profile, link.version, connack.properties ?? {}, this.broker));
  }

  /** Whether the session is the one this process had: then the broker's subscriptions are known. */
  #isResumed(link: MqttLink): boolean {
    return link.sessionPresent && this.#wasConnected;
  }

  #established(link: MqttLink): void {
    const resumed = this.#isResumed(link);
    this.#link = link;
    this.#wasConnected = true;
    if (this.#lingering) link.hold(false);
    link.onClose = () => this.#lost(link);
    this.publisher.announce(resumed);
    this.table.connected(link, resumed);
    if (this.#profile.birth) void this.#sendOwn(link, this.#profile.birth);
    const { client, version, serverProperties: server } = link;
    link.onWritten = (taken) => this.publisher.written(taken);
    this.publisher.connected({ client, version, server, resumed });
  }

  #lost(link: MqttLink): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.acknowledgements.disconnected();
    link.onWritten = () => undefined;
    const { clientId } = this.#parts;
    const address = showBroker(link.address);
    const hungUp = link.closedByBroker;
    this.#afterLink(hungUp && Date.now() - link.lastSentAt < BLAME_MILLIS);
    const lasted = Date.now() - link.connectedAt;
    // Between two hang-ups of a restarting broker some attempt fails; a rival client leaves the door open.
    this.#hangUps = hungUp && lasted < TAKEOVER_MILLIS && this.#attemptsSinceLoss === 1 ? this.#hangUps + 1 : 0;
    this.#attemptsSinceLoss = 0;
    // An id that was made up is nobody else's.
    const mayBeTaken = Boolean(this.#profile.clientId) && link.reason === undefined;
    const suspicious = mayBeTaken && this.#hangUps >= TAKEOVERS;
    const error = lossError({ address, clientId, cause: link.lastError, reason: link.reason });
    this.#context.lost(suspicious ? takenOver(address, clientId, true) : error);
  }

  #afterLink(blamed: boolean): void {
    this.table.disconnected();
    this.publisher.disconnected(blamed);
  }

  async #endLink(link: MqttLink): Promise<void> {
    this.table.flush();
    this.publisher.suspend();
    const { close } = this.#profile;
    if (close) await this.#sendOwn(link, close);
    if (this.#link !== link) return;
    this.#link = undefined;
    this.acknowledgements.disconnected();
    await link.end(END_MILLIS);
    this.#afterLink(false);
  }

  /** Birth and close message; they go past the queue, because they speak of the connection. */
  async #sendOwn(link: MqttLink, message: LifecycleMessage): Promise<void> {
    const failure = await link.publish(message, END_MILLIS);
    if (!failure) return;
    const text = t`The message to "${message.topic}" was not taken by ${showBroker(link.address)}.`;
    this.#context.warn(new PoolError('MQTT_PUBLISH_REFUSED', text, { cause: failure }));
  }
}
