/** The stub broker's side of one socket: reads packets, answers them, and can be told to misbehave. */
import type { Socket } from 'node:net';
import {
  generate,
  type IConnackPacket,
  type IConnectPacket,
  type IPublishPacket,
  type ISubscribePacket,
  type Packet,
  parser as newParser,
} from 'mqtt-packet';
import type { StubBroker } from './stub-broker';
import type { StubSession } from './stub-session';

const UNACCEPTABLE_VERSION = { 5: 0x84, 4: 1 } as const;
const TAKEN_OVER = 0x8e;
const PROTOCOL_ERROR = 0x82;
const IDENTIFIERS_NOT_SUPPORTED = 0xa1;

export class StubConnection {
  readonly socket: Socket;
  version: 3 | 4 | 5 = 4;
  connect: IConnectPacket | undefined;
  session: StubSession | undefined;
  /** Messages of QoS 1 and 2 received and not answered yet: now, and the most there ever were. */
  unacknowledged = 0;
  mostUnacknowledged = 0;
  readonly #broker: StubBroker;
  readonly #aliases = new Map<number, string>();

  constructor(broker: StubBroker, socket: Socket) {
    this.#broker = broker;
    this.socket = socket;
    const parser = newParser();
    parser.on('packet', (packet) => this.#receive(packet));
    parser.on('error', () => socket.destroy());
    socket.setNoDelay(true);
    socket.on('data', (chunk) => parser.parse(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.session?.detach(this));
  }

  /** Sends a packet in the version of the connection. */
  send(packet: Packet): void {
    this.#broker.send(packet.cmd, () => {
      if (packet.cmd === 'puback' || packet.cmd === 'pubcomp') this.unacknowledged -= 1;
      if (!this.socket.destroyed) this.socket.write(generate(packet, { protocolVersion: this.version }));
    });
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Says goodbye with a reason (5), or just closes. */
  disconnect(reasonCode: number): void {
    if (this.version === 5) this.send({ cmd: 'disconnect', reasonCode });
    this.socket.end();
  }

  /** Another client came with this client id. */
  takenOver(): void {
    this.disconnect(TAKEN_OVER);
  }

  #receive(packet: Packet): void {
    if (packet.cmd === 'connect') {
      this.connect = packet;
      this.version = packet.protocolVersion ?? 4;
    }
    this.#broker.received.push({ packet, connection: this, at: Date.now() });
    if (this.#broker.options.onPacket?.(packet, this) === true) return;
    this.#handle(packet);
  }

  #handle(packet: Packet): void {
    const messageId = packet.messageId ?? 0;
    switch (packet.cmd) {
      case 'connect':
        return this.#connected(packet);
      case 'subscribe':
        return this.#subscribed(packet);
      case 'unsubscribe':
        for (const filter of packet.unsubscriptions) this.session?.subscriptions.delete(filter);
        return this.send({ cmd: 'unsuback', messageId, granted: packet.unsubscriptions.map(() => 0) });
      case 'publish':
        return this.#published(packet);
      case 'puback':
      case 'pubcomp':
        return this.session?.settled(messageId);
      case 'pubrec':
        if ((packet.reasonCode ?? 0) >= 0x80) return this.session?.settled(messageId);
        return this.session?.recorded(messageId);
      case 'pubrel':
        this.session?.incoming.delete(messageId);
        return this.send({ cmd: 'pubcomp', messageId });
      case 'pingreq':
        return this.send({ cmd: 'pingresp' });
      case 'disconnect':
        this.socket.end();
        return;
      case 'auth':
      case 'connack':
      case 'suback':
      case 'unsuback':
      case 'pingresp':
        // Only brokers send these, or nobody here.
        return this.disconnect(PROTOCOL_ERROR);
    }
  }

  #connected(packet: IConnectPacket): void {
    const { versions = [3, 4, 5], refuseConnect } = this.#broker.options;
    const code = versions.includes(this.version)
      ? refuseConnect?.(packet)
      : UNACCEPTABLE_VERSION[this.version === 5 ? 5 : 4];
    if (code !== undefined) {
      // A server that does not know version 5 answers in the format it knows.
      if (!versions.includes(this.version)) this.version = 4;
      this.send(connack(code, false, this.version, undefined));
      this.socket.end();
      return;
    }
    const { session, present } = this.#broker.sessionFor(packet, this);
    this.session = session;
    this.send(connack(0, present, this.version, this.#serverProperties()));
    session.resume();
  }

  #serverProperties(): IConnackPacket['properties'] {
    const properties = this.#broker.options.serverProperties;
    return this.#broker.options.overlap === 'one-copy-no-ids'
      ? { subscriptionIdentifiersAvailable: false, ...properties }
      : properties;
  }

  #subscribed(packet: ISubscribePacket): void {
    const { session, connect } = this;
    if (session === undefined || connect === undefined) return this.disconnect(PROTOCOL_ERROR);
    const identifier = packet.properties?.subscriptionIdentifier;
    if (identifier !== undefined && this.#serverProperties()?.subscriptionIdentifiersAvailable === false) {
      return this.disconnect(IDENTIFIERS_NOT_SUPPORTED);
    }
    const refusals = packet.subscriptions.map(({ topic }) => this.#broker.options.refuseFilter?.(topic, connect));
    const granted = packet.subscriptions.map(({ qos }, index) => refusals[index] ?? qos);
    this.send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted });
    for (const [index, asked] of packet.subscriptions.entries()) {
      if (refusals[index] === undefined) this.#broker.topics.subscribe(session, asked, identifier);
    }
  }

  #published(packet: IPublishPacket): void {
    const { session } = this;
    if (session === undefined) return this.disconnect(PROTOCOL_ERROR);
    const messageId = packet.messageId ?? 0;
    const alias = packet.properties?.topicAlias;
    if (alias !== undefined && packet.topic !== '') this.#aliases.set(alias, packet.topic);
    const topic = packet.topic === '' && alias !== undefined ? (this.#aliases.get(alias) ?? '') : packet.topic;
    const repeated = packet.qos === 2 && session.incoming.has(messageId);
    const refusal = packet.qos > 0 ? this.#broker.options.refusePublish?.(topic) : undefined;
    if (packet.qos > 0) {
      this.unacknowledged += 1;
      this.mostUnacknowledged = Math.max(this.mostUnacknowledged, this.unacknowledged);
    }
    if (!repeated && refusal === undefined) this.#broker.topics.publish({ ...packet, topic }, session);
    if (packet.qos === 1) this.send({ cmd: 'puback', messageId, reasonCode: refusal ?? 0 });
    if (packet.qos === 2) {
      if (refusal === undefined) session.incoming.add(messageId);
      else this.unacknowledged -= 1;
      this.send({ cmd: 'pubrec', messageId, reasonCode: refusal ?? 0 });
    }
  }
}

function connack(
  code: number,
  sessionPresent: boolean,
  version: number,
  properties: IConnackPacket['properties'],
): IConnackPacket {
  if (version !== 5) return { cmd: 'connack', returnCode: code, sessionPresent };
  return { cmd: 'connack', reasonCode: code, sessionPresent, ...(properties === undefined ? {} : { properties }) };
}
