/**
 * Acknowledges QoS 1 and 2 messages when their receivers have said so instead of on receipt, with as many under way as
 * the broker sends. mqtt.js reads the next packet only when it has acknowledged the last one, so all of this is taken
 * out of its hands, from the first subscription on that acknowledges for itself; before that nothing here is in use.
 *
 * - PUBACKs and PUBRECs go out in the order in which their messages came, with one exception (delivery-queue.ts).
 * - QoS 2 messages are handed out on PUBLISH and PUBREC is held back: what is lost before that is sent again.
 * - A message is acknowledged on the connection that brought it. If that breaks first, the broker of a session that goes
 *   on sends it again with the same identifier, which it can't have used for anything else: so it is recognised, not
 *   handed out again, and acknowledged on the new connection. After PUBACK the identifier is free, and a copy with the
 *   DUP flag must be taken for a new message (4.3.2).
 */
import type { Duplex } from 'node:stream';
import type { IPublishPacket } from 'mqtt';
import { Delivery } from './delivery';
import { DeliveryQueue } from './delivery-queue';
import type { IncomingStore } from './session-stores';

const PUBACK = 0x40;
const PUBREC = 0x50;
/** The message is valid, but the receiver could not do its work with it (MQTT 5.0, 3.4.2.1 and 3.5.2.1). */
const IMPLEMENTATION_SPECIFIC_ERROR = 0x83;

export class Acknowledgements {
  readonly #incoming: IncomingStore;
  readonly #handOut: (topic: string, packet: IPublishPacket, delivery: Delivery) => void;
  /** By identifier: what the broker has not been told to be received, on this or an earlier connection of the session. */
  readonly #unacknowledged = new Map<number, Delivery>();
  readonly #settled = ({ qos }: Delivery) => this.#queues[qos].flush();
  readonly #queues = {
    1: new DeliveryQueue((delivery) => this.#acknowledge(delivery)),
    2: new DeliveryQueue((delivery) => this.#acknowledge(delivery)),
  };
  #stream: Duplex | undefined;
  #version: 3 | 4 | 5 = 5;
  #connection = 0;

  /**
   * @param incoming where mqtt.js keeps QoS 2 messages that it has received by itself
   * @param handOut gives a message to all who get it, before it returns
   */
  constructor(incoming: IncomingStore, handOut: (topic: string, packet: IPublishPacket, delivery: Delivery) => void) {
    this.#incoming = incoming;
    this.#handOut = handOut;
  }

  /** Messages received and not acknowledged. */
  get count(): number {
    return this.#unacknowledged.size;
  }

  /** There is a connection, as its CONNACK says; with `resumed`, of the same session as the one before. */
  connected(stream: Duplex, version: 3 | 4 | 5, resumed: boolean): void {
    this.disconnected();
    this.#stream = stream;
    this.#version = version;
    if (!resumed) this.#unacknowledged.clear();
  }

  /** Nothing is acknowledged any more on the connection there was. */
  disconnected(): void {
    this.#stream = undefined;
    this.#connection += 1;
    this.#queues[1].clear();
    this.#queues[2].clear();
  }

  /** Sees to a received message; false if it is one that mqtt.js has begun with. */
  receive(topic: string, packet: IPublishPacket): boolean {
    const { messageId: id = 0, qos, dup } = packet;
    if (qos === 2 && this.#incoming.packets.has(id)) return false;
    const earlier = this.#unacknowledged.get(id);
    if (earlier && dup && earlier.isSameAs(topic, packet)) {
      this.#receiveAgain(earlier);
      return true;
    }
    const delivery = new Delivery(topic, packet, this.#connection, this.#settled);
    this.#unacknowledged.set(id, delivery);
    this.#queues[delivery.qos].push(delivery);
    // Its PUBREC got lost: the exchange is still the same (4.3.3).
    if (qos !== 2 || !this.#incoming.released.has(id)) this.#handOut(topic, packet, delivery);
    delivery.handedOut();
    return true;
  }

  #receiveAgain(delivery: Delivery): void {
    // On one connection only brokers of old send anything twice; the acknowledgement is on its way.
    if (delivery.connection === this.#connection) return;
    delivery.connection = this.#connection;
    this.#queues[delivery.qos].push(delivery);
    this.#queues[delivery.qos].flush();
  }

  #acknowledge(delivery: Delivery): void {
    const { id, qos, isRefused } = delivery;
    if (this.#unacknowledged.get(id) === delivery) this.#unacknowledged.delete(id);
    const stream = this.#stream;
    if (!stream || stream.destroyed || stream.writableEnded) return;
    const type = qos === 2 ? PUBREC : PUBACK;
    const refuses = isRefused && this.#version === 5;
    // After a PUBREC that refuses it the exchange is over (4.3.3).
    if (qos === 2 && !refuses) this.#incoming.released.add(id);
    const packet = refuses
      ? [type, 3, id >> 8, id & 0xff, IMPLEMENTATION_SPECIFIC_ERROR]
      : [type, 2, id >> 8, id & 0xff];
    stream.write(Buffer.from(packet));
  }
}
