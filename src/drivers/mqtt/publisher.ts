/**
 * Everything the nodes of one connection publish: sent at once while it can be, queued in order while it can't, sent
 * again after a loss until the broker has acknowledged it. Each message's callback is called exactly once.
 */
import type { ConnectionContext } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { turnMillis } from '../../core/latency';
import { type QueueAccount, SendQueue } from '../../core/send-queue';
import type { QueueView } from '../../core/views';
import type { MessageIds } from './message-ids';
import { byteLength, messageFault, propertiesBytes, serverFault } from './outgoing-check';
import {
  cutOffError,
  expiredFault,
  type Outgoing,
  type PublishCallback,
  type PublishWire,
  publishOptions,
  reasonOf,
  refusedError,
  sendPlainly,
} from './outgoing-packet';
import type { OutgoingMessage } from './session';
import type { OutgoingStore } from './session-stores';
import { t } from '../../core/wording';

/** Unacknowledged messages at a time, unless the broker's receive maximum is lower (MQTT 5.0, 4.9). */
const MAX_IN_FLIGHT = 1_000;
/** mosquitto 2.0 loses QoS 2 messages of 3.1.1 clients beyond its limit of 20, which 3.1.1 has no way to tell. */
const MAX_IN_FLIGHT_BEFORE_5 = 20;
/** How often a message may be alone in flight when the broker hangs up before it is given up. */
const MAX_BLAMES = 5;
/** Header bytes and what the queue itself takes, roughly. */
const OVERHEAD_BYTES = 64;

type PublishContext = Pick<ConnectionContext, 'counters' | 'latency' | 'tracing' | 'warn'>;

export class Publisher {
  readonly #context: PublishContext;
  readonly #ids: MessageIds;
  readonly #store: OutgoingStore;
  readonly #queue = new SendQueue<Outgoing>((item, error) => this.#finish(item, error));
  readonly #inFlight = new Set<Outgoing>();
  /** QoS 2 messages the broker has received but not completed (PUBREC without PUBCOMP), by identifier. */
  readonly #received = new Map<number, Outgoing>();
  #wire: PublishWire | undefined;
  #window = MAX_IN_FLIGHT;
  #windowOfQos2 = MAX_IN_FLIGHT_BEFORE_5;
  /** QoS 0 messages of this turn of the event loop, not yet given to the socket. */
  #batch: Outgoing[] = [];
  /** QoS 0 messages the socket has but has not taken to the end. */
  #writing: Outgoing[] = [];
  /** The socket wants no more for now. */
  #paused = false;
  /** Messages that were in flight at two losses or more: sent one at a time, to find the one to blame. */
  #careful = 0;
  #whenIdle: (() => void)[] = [];
  #closedBy: PoolError | undefined;
  /** Told of every message that goes out. */
  onSend: ((message: OutgoingMessage) => void) | undefined;

  constructor(context: PublishContext, ids: MessageIds, store: OutgoingStore) {
    this.#context = context;
    this.#ids = ids;
    this.#store = store;
    store.onCompleted = (id) => this.#completed(id);
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** The queue, if there is something in it. */
  get waiting(): QueueView[] {
    const { view } = this.#queue;
    return view ? [view] : [];
  }

  get inFlight(): number {
    return this.#inFlight.size + this.#received.size;
  }

  publish(account: QueueAccount, message: OutgoingMessage, callback: PublishCallback): void {
    const fault = this.#closedBy ?? messageFault(message);
    if (fault) {
      this.#context.counters.refused += 1;
      callback(fault);
      return;
    }
    const item: Outgoing = {
      account,
      message,
      callback,
      bytes: byteLength(message.payload) + message.topic.length + propertiesBytes(message) + OVERHEAD_BYTES,
      discarded: false,
      queuedAt: 0,
      id: undefined,
      losses: 0,
      blames: 0,
      sentAt: 0,
      traced: undefined,
    };
    if (this.#goesAtOnce(item)) this.#send(item);
    else this.#queue.offer(item);
  }

  /** What one session has waiting fails with this error: it is to go another way. */
  withdraw(account: QueueAccount, error: PoolError): void {
    for (const item of this.#queue.withdraw(account)) this.#finish(item, error);
  }

  /** The connection is up: what was unacknowledged goes first, then what waited. */
  connected(wire: PublishWire): void {
    this.#wire = wire;
    const maximum = wire.server.receiveMaximum;
    this.#window = Math.min(typeof maximum === 'number' ? maximum : MAX_IN_FLIGHT, MAX_IN_FLIGHT);
    this.#windowOfQos2 = wire.version === 5 ? this.#window : MAX_IN_FLIGHT_BEFORE_5;
    this.#pump();
  }

  /** Says, as soon as CONNACK is there, whether the session goes on. */
  announce(resumed: boolean): void {
    const unfinished = [...this.#received.values()];
    if (!resumed) {
      this.#received.clear();
      this.#queue.putBack(unfinished);
    }
    this.#queue.forEach((item) => {
      if (!resumed) item.id = undefined;
      else if (item.id !== undefined) this.#ids.reserve([item.id]);
    });
  }

  /** @param blamed the broker hung up on what was in flight, rather than the network breaking */
  disconnected(blamed: boolean): void {
    this.#wire = undefined;
    const unfinished = [...this.#inFlight];
    this.#inFlight.clear();
    const again: Outgoing[] = [];
    const alone = unfinished.length === 1;
    for (const item of unfinished) {
      this.#lostOnce(item);
      if (blamed && alone) item.blames += 1;
      if (item.blames >= MAX_BLAMES) this.#giveUp(item);
      else if (item.id !== undefined && this.#store.packets.has(item.id)) this.#received.set(item.id, item);
      else again.push(item);
    }
    for (const item of this.#batch.splice(0)) {
      item.blames += 1;
      if (item.blames >= MAX_BLAMES) this.#giveUp(item);
      else again.push(item);
    }
    this.#queue.putBack(again);
    this.#paused = false;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
    for (const item of this.#writing.splice(0)) this.#finish(item, cutOffError(item.message.topic));
  }

  /** The connection is about to end politely: what it has not been given yet waits for the next. */
  suspend(): void {
    const batch = this.#batch.splice(0);
    this.#wire = undefined;
    for (const item of batch) this.#finish(item, undefined);
  }

  /** The batch has been given to the socket; `taken` says whether to the end. */
  written(taken: boolean): void {
    const items = taken ? [...this.#writing, ...this.#batch] : [];
    if (!taken) this.#writing.push(...this.#batch);
    else this.#writing = [];
    this.#batch = [];
    this.#paused = !taken;
    for (const item of items) this.#finish(item, undefined);
    if (taken && (this.#queue.length > 0 || this.#whenIdle.length > 0)) this.#pump();
  }

  /** Settles when nothing is left to send or acknowledge, or after `millis`. */
  async drain(millis: number): Promise<void> {
    if (this.#isIdle) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#whenIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The connection is closed for good: nothing will be sent any more. */
  close(error: PoolError): void {
    this.#closedBy = error;
    const unfinished = [...this.#inFlight, ...this.#received.values(), ...this.#batch.splice(0)];
    this.#inFlight.clear();
    this.#received.clear();
    this.#queue.clear(error);
    for (const item of unfinished) this.#finish(item, error);
  }

  get #isIdle(): boolean {
    return !this.#wire || this.#queue.length + this.inFlight + this.#batch.length + this.#writing.length === 0;
  }

  #goesAtOnce(item: Outgoing): boolean {
    if (!this.#wire || this.#paused) return false;
    const qos = item.message.qos ?? 0;
    const room = this.#hasRoom(qos);
    if (this.#queue.length === 0) return qos === 0 || room;
    // Others may have filled the window of unacknowledged messages: QoS 0 has no part in it.
    return qos === 0 && !room && item.account.count === 0;
  }

  #hasRoom(qos: number): boolean {
    const window = qos === 2 ? this.#windowOfQos2 : this.#window;
    return this.#inFlight.size + this.#received.size < (this.#careful > 0 ? 1 : window);
  }

  #pump(): void {
    while (this.#wire && !this.#paused) {
      const item = this.#queue.peek();
      const qos = item?.message.qos ?? 0;
      if (!item || (qos > 0 && !this.#hasRoom(qos))) break;
      this.#queue.shift();
      this.#send(item);
    }
    if (this.#whenIdle.length > 0 && this.#isIdle) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #send(item: Outgoing): void {
    const wire = this.#wire;
    if (!wire) return;
    const { message } = item;
    const fault = serverFault(message, wire.server, item.bytes) ?? expiredFault(item);
    if (fault) return this.#finish(item, fault);
    const { counters, tracing } = this.#context;
    const bytes = item.bytes - OVERHEAD_BYTES - message.topic.length;
    counters.messagesOut += 1;
    counters.bytesOut += bytes;
    item.sentAt ||= turnMillis();
    item.traced ??= tracing?.sent(message.topic, bytes);
    this.onSend?.(message);
    if (message.qos) {
      this.#sendAcknowledged(item, wire);
    } else {
      this.#batch.push(item);
      sendPlainly(item, wire);
    }
    // More than the socket buffers is better kept here, where it survives the connection.
    if (wire.client.stream.writableNeedDrain) this.#paused = true;
  }

  #sendAcknowledged(item: Outgoing, wire: PublishWire): void {
    this.#inFlight.add(item);
    if (item.id !== undefined) this.#ids.force(item.id);
    const { topic, payload } = item.message;
    wire.client.publish(topic, payload, publishOptions(item, wire.version), (error) => {
      if (this.#wire !== wire || !this.#inFlight.has(item)) return;
      const code = reasonOf(error);
      // An error without a reason code is the connection's: disconnected() will see to the message.
      if (error && code === undefined) return;
      this.#inFlight.delete(item);
      this.#finish(item, code === undefined ? undefined : refusedError(topic, code));
      this.#pump();
    });
    item.id = wire.client.getLastMessageId();
  }

  /** A QoS 2 message that the broker had received on an earlier connection of this session is complete. */
  #completed(id: number): void {
    const item = this.#received.get(id);
    if (!item) return;
    this.#received.delete(id);
    this.#finish(item, undefined);
    this.#pump();
  }

  #finish(item: Outgoing, error: PoolError | undefined): void {
    if (item.losses >= 2) this.#careful -= 1;
    const { counters, latency, tracing } = this.#context;
    const millis = item.sentAt > 0 ? turnMillis() - item.sentAt : undefined;
    if (error) counters.refused += 1;
    else if (millis !== undefined) latency?.observe(millis);
    if (item.traced) tracing?.settled(item.traced, millis, error);
    try {
      item.callback(error);
    } catch (thrown) {
      const text = t`The callback of a message to "${item.message.topic}" failed.`;
      this.#context.warn(new PoolError('DRIVER_FAILED', text, { cause: thrown }));
    }
  }

  #lostOnce(item: Outgoing): void {
    item.losses += 1;
    if (item.losses === 2) this.#careful += 1;
  }

  #giveUp(item: Outgoing): void {
    const text = t`The broker closed the connection each of the ${MAX_BLAMES} times the message to "${item.message.topic}" was sent; it was given up.`;
    this.#finish(item, new PoolError('MQTT_POISON_MESSAGE', text));
  }
}
