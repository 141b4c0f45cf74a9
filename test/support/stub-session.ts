/** The stub broker's side of one client's session: its subscriptions and what it has still to get. */
import type { IConnectPacket, IPublishPacket } from 'mqtt-packet';
import type { StubConnection } from './stub-connection';

export interface StubSubscription {
  /** As subscribed, with `$share/…/`. */
  readonly filter: string;
  readonly qos: 0 | 1 | 2;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifier: number | undefined;
}

type Outgoing = Pick<IPublishPacket, 'topic' | 'payload' | 'qos' | 'retain' | 'properties'>;

export class StubSession {
  readonly clientId: string;
  readonly subscriptions = new Map<string, StubSubscription>();
  /** Ids of QoS 2 messages from the client whose PUBREL is awaited. */
  readonly incoming = new Set<number>();
  connection: StubConnection | undefined;
  version: number = 4;
  persistent = false;
  readonly #inFlight = new Map<number, IPublishPacket | undefined>();
  #waiting: Outgoing[] = [];
  #receiveMaximum = 65_535;
  #lastId = 0;

  constructor(clientId: string) {
    this.clientId = clientId;
  }

  attach(connection: StubConnection, packet: IConnectPacket): void {
    this.connection = connection;
    this.version = packet.protocolVersion ?? 4;
    this.persistent = this.version === 5 ? (packet.properties?.sessionExpiryInterval ?? 0) > 0 : packet.clean !== true;
    this.#receiveMaximum = packet.properties?.receiveMaximum ?? 65_535;
  }

  detach(connection: StubConnection): void {
    if (this.connection === connection) this.connection = undefined;
  }

  /** Sends again what was not acknowledged, then what waited. */
  resume(): void {
    for (const [messageId, packet] of this.#inFlight) {
      if (packet === undefined) this.connection?.send({ cmd: 'pubrel', messageId });
      else this.connection?.send({ ...packet, dup: true });
    }
    this.#flush();
  }

  deliver(message: Outgoing): void {
    if (message.qos === 0) this.connection?.send({ cmd: 'publish', dup: false, ...message });
    else {
      this.#waiting.push(message);
      this.#flush();
    }
  }

  /** PUBACK, PUBREC with an error, or PUBCOMP: the message is done. */
  settled(messageId: number): void {
    this.#inFlight.delete(messageId);
    this.#flush();
  }

  /** PUBREC: the message is with the client, its release is due. */
  recorded(messageId: number): void {
    this.#inFlight.set(messageId, undefined);
    this.connection?.send({ cmd: 'pubrel', messageId });
  }

  #flush(): void {
    while (this.connection !== undefined && this.#inFlight.size < this.#receiveMaximum) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      const messageId = this.#nextId();
      const packet: IPublishPacket = { cmd: 'publish', dup: false, messageId, ...message };
      this.#inFlight.set(messageId, packet);
      this.connection.send(packet);
    }
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId % 65_535) + 1;
    while (this.#inFlight.has(this.#lastId));
    return this.#lastId;
  }
}
