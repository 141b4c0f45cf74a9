/** One received QoS 1 or 2 message on its way to those who acknowledge it. */
import type { IPublishPacket } from 'mqtt';
import type { AcknowledgeOutcome } from './session';

/** Who acknowledges messages: each has its own in order. */
export type Holder = object;

export class Delivery {
  readonly id: number;
  readonly qos: 1 | 2;
  readonly topic: string;
  readonly payload: string | Buffer;
  /** In milliseconds since the epoch. */
  readonly receivedAt = Date.now();
  /** All who acknowledge it. */
  readonly holders: Holder[] = [];
  /** The connection whose copy is to be acknowledged; counts up with each. */
  connection: number;
  /** Whoever is behind it in the queue. */
  next: Delivery | undefined;
  readonly #settled: (delivery: Delivery) => void;
  /** Who has it and has not acknowledged it; handing it out counts as one. */
  #open = 1;
  #taken = false;
  #failed = false;

  constructor(topic: string, packet: IPublishPacket, connection: number, settled: (delivery: Delivery) => void) {
    this.id = packet.messageId ?? 0;
    this.qos = packet.qos === 2 ? 2 : 1;
    this.topic = topic;
    this.payload = packet.payload;
    this.connection = connection;
    this.#settled = settled;
  }

  /** All who got it have acknowledged it. */
  get isSettled(): boolean {
    return this.#open === 0;
  }

  /** Everybody who got it failed with it. */
  get isRefused(): boolean {
    return this.#failed && !this.#taken;
  }

  /** Somebody got it who doesn't acknowledge. */
  take(): void {
    this.#taken = true;
  }

  /** One more has to acknowledge it, by calling what this returns; a second call of that does nothing. */
  hold(holder: Holder): (outcome: AcknowledgeOutcome) => void {
    this.holders.push(holder);
    this.#open += 1;
    let isOpen = true;
    return (outcome) => {
      if (!isOpen) return;
      isOpen = false;
      if (outcome === 'done') this.#taken = true;
      else this.#failed = true;
      this.#close();
    };
  }

  /** It has been handed to all who get it. */
  handedOut(): void {
    this.#close();
  }

  /** Whether a packet with the same identifier brings the same message. */
  isSameAs(topic: string, { qos, payload }: IPublishPacket): boolean {
    return qos === this.qos && topic === this.topic && Buffer.compare(toBuffer(payload), toBuffer(this.payload)) === 0;
  }

  #close(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#settled(this);
  }
}

function toBuffer(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
