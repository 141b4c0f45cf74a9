/** One mqtt.js client from CONNECT to its end: used once, never reconnected. */
import { type IClientOptions, type IConnackPacket, type IPublishPacket, MqttClient, type Packet } from 'mqtt';
import type { BrokerAddress } from './broker-url';
import type { TestWatch } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { SilenceWatch } from '../../core/silence-watch';
import type { Delivery } from './delivery';
import type { IncomingPublish } from './dispatcher';
import type { LifecycleMessage, MqttProfile } from './profile';
import { connackReason } from './reason-codes';
import type { MessageProperties, ServerProperties } from './session';
import type { IncomingStore } from './session-stores';
import type { WireOptions } from './subscribe-plan';
import type { SubscriptionWire } from './subscription-wire';
import { openTransport, type Transport } from './transport';
import { WriteGatherer } from './write-gatherer';
import { t } from '../../core/wording';

/** How long a broker may be silent, though asked, unless the profile says otherwise. */
const SILENCE_MILLIS = 10_000;

const DISCONNECT = Buffer.from([0xe0, 0]);

export interface LinkSettings {
  readonly address: BrokerAddress;
  readonly options: IClientOptions;
  readonly version: 3 | 4 | 5;
  readonly profile: MqttProfile;
  readonly incoming: IncomingStore;
  readonly test: TestWatch | undefined;
}

/** What mqtt.js is told of a message it must not acknowledge: it reads on, and emits this. */
const TAKEN = new Error('The message is acknowledged by somebody else.');

export class MqttLink implements SubscriptionWire {
  readonly address: BrokerAddress;
  readonly version: 3 | 4 | 5;
  readonly client: MqttClient;
  connectedAt = 0;
  sessionPresent = false;
  serverProperties: ServerProperties = {};
  /** The reason of CONNACK or DISCONNECT, as an MQTT 5 code. */
  reason: number | undefined;
  lastError: unknown;
  /** When the last packet that could have upset the broker was sent, in milliseconds since the epoch. */
  lastSentAt = 0;
  onPublish: (publish: IncomingPublish) => void = () => undefined;
  onClose: () => void = () => undefined;
  /** Told that the writes of one turn were given to the socket, and whether it took them to the end. */
  onWritten: (taken: boolean) => void = () => undefined;
  readonly #profile: MqttProfile;
  #transport: Transport | undefined;
  #silence: SilenceWatch | undefined;
  #ended = false;
  /** Who waits for the SUBACK of a packet identifier. */
  readonly #subacks = new Map<number, (codes: readonly number[]) => void>();

  /** @param onConnack called with the CONNACK of a connection that is accepted, before any message */
  constructor(
    { address, options, version, profile, incoming: received, test }: LinkSettings,
    onConnack: (connack: IConnackPacket) => void,
  ) {
    this.address = address;
    this.version = version;
    this.#profile = profile;
    this.client = new MqttClient(
      (client) => {
        this.#transport = openTransport(client, options, address, profile, (socket) => test?.opening(socket, 'login'));
        // mqtt.js keeps errors without a code to itself; they are the ones that explain a failed handshake.
        this.#transport.stream.on('error', (error: unknown) => this.#noteError(error));
        new WriteGatherer(this.#transport.stream, (taken) => {
          this.lastSentAt = Date.now();
          this.onWritten(taken);
        });
        return this.#transport.stream;
      },
      { ...options, manualConnect: true },
    );
    this.client.on('error', (error) => {
      if (error === TAKEN) return;
      this.#noteError(error);
      // Bytes that are no MQTT: mqtt.js says so and reads on in vain.
      if (!this.#ended && !('code' in error)) this.client.stream.destroy();
    });
    this.client.once('packetreceive', (packet) => {
      if (packet.cmd === 'connack') this.#noteConnack(packet, onConnack);
    });
    this.client.on('packetreceive', (packet) => {
      if (packet.cmd === 'suback') this.#noteSuback(packet);
    });
    this.client.on('disconnect', (packet) => {
      this.reason = packet.reasonCode ?? 0;
    });
    this.client.on('message', (topic, _payload, packet) => {
      if (!received.isHandedOut(packet)) this.onPublish(incoming(topic, packet));
    });
    this.client.on('close', () => {
      this.#silence?.end();
      if (!this.#ended) this.onClose();
    });
  }

  /** The broker ended the connection properly, rather than the network breaking. */
  get closedByBroker(): boolean {
    return this.lastError === undefined;
  }

  /** Settles when the connection is usable; rejects with the last error. */
  opened(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = (error: unknown) => {
        signal.removeEventListener('abort', abort);
        this.destroy();
        reject(error);
      };
      const abort = () => give(new PoolError('CONNECTION_CLOSED', t`The attempt to connect was given up.`));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.onClose = () => give(this.lastError);
      this.client.once('connect', () => {
        signal.removeEventListener('abort', abort);
        this.connectedAt = Date.now();
        this.#watchSilence();
        resolve();
      });
      this.client.connect();
    });
  }

  /** Received messages of QoS 1 and 2 go to `receive` from now on, acknowledgement and all, unless it returns false. */
  handOver(receive: (topic: string, packet: IPublishPacket) => boolean): void {
    this.client.options.customHandleAcks = (topic, _payload, packet: IPublishPacket, done) =>
      done(receive(topic, packet) ? TAKEN : 0);
  }

  subscribe(
    filters: readonly string[],
    { qos, nl, rap, rh }: WireOptions,
    identifier: number | undefined,
    answered: (codes: readonly number[]) => void,
  ): void {
    const properties = identifier === undefined ? {} : { properties: { subscriptionIdentifier: identifier } };
    const options = this.version === 5 ? { qos, nl, rap, rh, ...properties } : { qos };
    this.#awaitSuback((codes) => {
      // Any other count is a protocol error, for which mqtt.js gives the connection up.
      if (codes.length === filters.length) answered(codes);
    });
    // Without a SUBACK the connection broke: the next one subscribes again.
    this.client.subscribe([...filters], options, () => undefined);
  }

  unsubscribe(filters: readonly string[], answered: () => void): void {
    this.client.unsubscribe([...filters], (_error, unsuback) => {
      // Without an UNSUBACK the connection broke: in a resumed session it has to be said again.
      if (unsuback) answered();
    });
  }

  /** Publishes past the queue; gives back what went wrong, if anything did within `millis`. */
  publish(
    { topic, payload = '', qos = 0, retain = false, properties }: LifecycleMessage,
    millis: number,
  ): Promise<unknown> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(new Error(t`no acknowledgement`)), millis);
      const options = { qos, retain, ...(this.version === 5 && properties ? { properties } : {}) };
      this.client.publish(topic, payload, options as Parameters<MqttClient['publish']>[2], (error?: unknown) => {
        clearTimeout(timer);
        resolve(error);
      });
    });
  }

  /** Whether the socket keeps the process alive. */
  hold(held: boolean): void {
    const socket = this.#transport?.socket();
    if (held) socket?.ref();
    else socket?.unref();
  }

  /** DISCONNECT, then the end of the socket, forced after `millis`. */
  async end(millis: number): Promise<void> {
    this.#ended = true;
    if (this.client.stream.destroyed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.client.stream.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.hold(true);
      // Forced or not, mqtt.js waits for acknowledgements first; they had their time.
      this.client.outgoing = {};
      this.client.end();
    });
    this.destroy();
  }

  /** DISCONNECT within this turn, and the end of the socket. */
  farewell(): void {
    this.#ended = true;
    const { stream } = this.client;
    if (stream.destroyed || stream.writableEnded) return;
    stream.write(DISCONNECT);
    stream.end();
  }

  /** Drops the socket without a word. */
  destroy(): void {
    this.#ended = true;
    // Before it has a stream the client can't be ended, and a client that is ending ignores a second end.
    if (!this.client.stream) return;
    if (this.client.disconnecting) this.client.stream.destroy();
    else this.client.end(true);
  }

  /** A path that stopped forwarding shows by keep-alive only after one and a half times its interval (3.1.2.10). */
  #watchSilence(): void {
    const { keepAliveSeconds = 60, silenceMillis = SILENCE_MILLIS } = this.#profile;
    const socket = this.#transport?.socket();
    if (!socket || keepAliveSeconds === 0 || silenceMillis === 0) return;
    this.#silence = new SilenceWatch(
      {
        bytesRead: () => socket.bytesRead,
        ask: () => this.client.sendPing(),
        silent: () => {
          this.#noteError(new Error(t`it does not answer any more`));
          this.client.stream.destroy();
        },
      },
      silenceMillis,
    );
  }

  /** mqtt.js calls back some microtasks after a SUBACK, and then messages behind it have been handled already. */
  #awaitSuback(answered: (codes: readonly number[]) => void): void {
    const sent = (packet: Packet) => {
      if (packet.cmd !== 'subscribe' || packet.messageId === undefined || this.#subacks.has(packet.messageId)) return;
      this.client.off('packetsend', sent);
      this.#subacks.set(packet.messageId, answered);
    };
    this.client.on('packetsend', sent);
  }

  #noteSuback({ messageId = 0, granted }: Extract<Packet, { cmd: 'suback' }>): void {
    const answered = this.#subacks.get(messageId);
    this.#subacks.delete(messageId);
    answered?.(granted.map(Number));
  }

  #noteError(error: unknown): void {
    this.lastError ??= error;
  }

  #noteConnack(connack: IConnackPacket, onConnack: (connack: IConnackPacket) => void): void {
    const code = this.version === 5 ? connack.reasonCode : connackReason(connack.returnCode ?? 0);
    // A 3.1.1 broker answers MQTT 5 in its own format, where the code may be read as one of the small numbers.
    this.reason = code && code < 6 ? connackReason(code) : code || undefined;
    if (this.reason !== undefined) return;
    this.sessionPresent = connack.sessionPresent;
    this.serverProperties = connack.properties ?? {};
    onConnack(connack);
  }
}

export function incoming(topic: string, packet: IPublishPacket, delivery?: Delivery): IncomingPublish {
  const { qos, retain, properties } = packet;
  // Its type is that of packets to be sent, too.
  const payload = packet.payload as Buffer;
  // mqtt-packet reads several subscription identifiers as an array, which its types don't say.
  const identifiers = properties?.subscriptionIdentifier as number | number[] | undefined;
  return {
    topic,
    payload,
    qos,
    retain,
    identifiers,
    properties: properties as MessageProperties | undefined,
    delivery,
  };
}
