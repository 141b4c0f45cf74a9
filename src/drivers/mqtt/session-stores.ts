/**
 * The stores mqtt.js asks for (its `IStore`). Unfinished publications are kept by publisher.ts, which sends them again
 * itself; what has to be kept here for exactly-once delivery are outgoing PUBRELs and incoming QoS 2 messages of a
 * session (MQTT 5.0, 4.1 and 4.3.3).
 */
import { Readable } from 'node:stream';
import type { IClientOptions, IPublishPacket, Packet } from 'mqtt';

type Store = NonNullable<IClientOptions['outgoingStore']>;
type StoreCallback = (error?: Error, packet?: Packet) => void;

abstract class PacketStore {
  readonly packets = new Map<number, Packet>();

  put(packet: Packet, done?: StoreCallback): this {
    const id = packet.messageId;
    if (id !== undefined && this.keeps(packet)) this.packets.set(id, packet);
    done?.();
    return this;
  }

  get(packet: Pick<Packet, 'messageId'>, done: StoreCallback): this {
    const found = packet.messageId === undefined ? undefined : this.packets.get(packet.messageId);
    if (found) done(undefined, found);
    else done(new Error('missing packet'));
    return this;
  }

  del(packet: Pick<Packet, 'messageId'>, done: StoreCallback): this {
    const id = packet.messageId;
    const found = id === undefined ? undefined : this.packets.get(id);
    if (id !== undefined) this.packets.delete(id);
    done(undefined, found);
    return this;
  }

  /** What mqtt.js sends again by itself after CONNACK. */
  createStream(): Readable {
    const packets = this.resent();
    return new Readable({
      objectMode: true,
      read() {
        this.push(packets.shift() ?? null);
      },
    });
  }

  /** mqtt.js closes the stores when a client ends; the session they belong to may go on with the next client. */
  close(done: (error?: Error) => void): void {
    done();
  }

  /** The session is new: nothing of the old one counts. */
  clear(): void {
    this.packets.clear();
  }

  protected abstract keeps(packet: Packet): boolean;
  protected abstract resent(): Packet[];
}

export class OutgoingStore extends PacketStore {
  /** Told the identifier of a QoS 2 message when the broker has completed it (PUBCOMP). */
  onCompleted: ((id: number) => void) | undefined;

  override del(packet: Pick<Packet, 'messageId'>, done: StoreCallback): this {
    const id = packet.messageId;
    const completed = id !== undefined && this.packets.has(id);
    super.del(packet, done);
    if (completed) this.onCompleted?.(id);
    return this;
  }

  protected keeps(packet: Packet): boolean {
    return packet.cmd === 'pubrel';
  }

  protected resent(): Packet[] {
    return [...this.packets.values()];
  }
}

export class IncomingStore extends PacketStore {
  /** Identifiers of messages that were handed out on PUBLISH, by acknowledgements.ts, and whose PUBREL is due. */
  readonly released = new Set<number>();
  readonly #handedOut = new WeakSet<Packet>();

  /** A message that is sent again, because PUBREC got lost, is still the one that was handed out. */
  override put(packet: Packet, done?: StoreCallback): this {
    const known = packet.messageId === undefined ? undefined : this.packets.get(packet.messageId);
    if (known && this.isHandedOut(known)) done?.();
    else super.put(packet, done);
    return this;
  }

  /** The messages whose PUBREL is due, each once: they are not to be handed out at PUBREL any more. */
  handOut(): IPublishPacket[] {
    const due = [...this.packets.values()].filter((packet): packet is IPublishPacket => {
      return packet.cmd === 'publish' && !this.isHandedOut(packet);
    });
    for (const packet of due) this.#handedOut.add(packet);
    return due;
  }

  isHandedOut(packet: Packet): boolean {
    return this.#handedOut.has(packet);
  }

  /** mqtt.js asks at PUBREL, and answers it whatever it is told. */
  override get(packet: Pick<Packet, 'messageId'>, done: StoreCallback): this {
    if (packet.messageId !== undefined) this.released.delete(packet.messageId);
    return super.get(packet, done);
  }

  override clear(): void {
    super.clear();
    this.released.clear();
  }

  protected keeps(): boolean {
    return true;
  }

  protected resent(): Packet[] {
    return [];
  }
}

/** mqtt.js types its stores as one class; these have the methods it calls. */
export function asMqttStore(store: OutgoingStore | IncomingStore): Store {
  return store as unknown as Store;
}
