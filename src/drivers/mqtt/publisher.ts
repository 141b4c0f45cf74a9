/**
 * Everything the nodes of one connection publish: sent at once while it can be, queued in order while it can't, sent
 * again after a loss until the broker has acknowledged it. Each message's callback is called exactly once.
 */
import type { MqttClient } from 'mqtt';
import type { Counters } from '../../core/counters';
import { PoolError } from '../../core/errors';
import { type QueueAccount, type QueueItem, SendQueue } from '../../core/send-queue';
import type { MessageIds } from './message-ids';
import { byteLength, messageFault, propertiesBytes, serverFault } from './outgoing-check';
import { writePlainPublish } from './plain-publish';
import { reasonText } from './reason-codes';
import type { OutgoingMessage, ServerProperties } from './session';
import type { OutgoingStore } from './session-stores';

/** Unacknowledged messages at a time, unless the broker's receive maximum is lower (MQTT 5.0, 4.9). */
const MAX_IN_FLIGHT = 1_000;
/** mosquitto 2.0 loses QoS 2 messages of 3.1.1 clients beyond its limit of 20, which 3.1.1 has no way to tell. */
const MAX_IN_FLIGHT_BEFORE_5 = 20;
/** How often a message may be alone in flight when the broker hangs up before it is given up. */
const MAX_BLAMES = 5;
/** Header bytes and what the queue itself takes, roughly. */
const OVERHEAD_BYTES = 64;

export type PublishCallback = (error?: PoolError) => void;

interface Outgoing extends QueueItem {
  readonly message: OutgoingMessage;
  readonly callback: PublishCallback;
  /** The packet identifier it had when the connection broke; kept while the session goes on. */
  id: number | undefined;
  /** Connections lost while it was unacknowledged. */
  losses: number;
  /** Connections the broker closed while nothing else was unacknowledged. */
  blames: number;
}

/** The connection messages go out on. */
export interface PublishWire {
  readonly client: MqttClient;
  readonly version: 3 | 4 | 5;
  readonly server: ServerProperties;
  /** The broker still has the session, so identifiers go on meaning the same. */
  readonly resumed: boolean;
}

export class Publisher {
  readonly #counters: Counters;
  readonly #ids: MessageIds;
  readonly #store: OutgoingStore;
  readonly #warn: (error: PoolError) => void;
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

  constructor(counters: Counters, ids: MessageIds, store: OutgoingStore, warn: (error: PoolError) => void) {
    this.#warn = warn;
    this.#counters = counters;
    this.#ids = ids;
    this.#store = store;
    store.onCompleted = (id) => this.#completed(id);
  }

  get queued(): number {
    return this.#queue.length;
  }

  get inFlight(): number {
    return this.#inFlight.size + this.#received.size;
  }

  publish(account: QueueAccount, message: OutgoingMessage, callback: PublishCallback): void {
    const fault = this.#closedBy ?? messageFault(message);
    if (fault) {
      this.#counters.refused += 1;
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
    };
    if (this.#goesAtOnce(item)) this.#send(item);
    else this.#queue.offer(item);
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
    this.#counters.messagesOut += 1;
    this.#counters.bytesOut += item.bytes - OVERHEAD_BYTES - message.topic.length;
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
    if (error) this.#counters.refused += 1;
    try {
      item.callback(error);
    } catch (thrown) {
      const text = `The callback of a message to "${item.message.topic}" failed.`;
      this.#warn(new PoolError('DRIVER_FAILED', text, { cause: thrown }));
    }
  }

  #lostOnce(item: Outgoing): void {
    item.losses += 1;
    if (item.losses === 2) this.#careful += 1;
  }

  #giveUp(item: Outgoing): void {
    const times = `${MAX_BLAMES} times`;
    const text = `The broker closed the connection each of the ${times} the message to "${item.message.topic}" was sent; it was given up.`;
    this.#finish(item, new PoolError('MQTT_POISON_MESSAGE', text));
  }
}

function sendPlainly(item: Outgoing, { client, version }: PublishWire): void {
  const { topic, payload, retain = false, properties } = item.message;
  if (properties && version === 5) client.publish(topic, payload, publishOptions(item, version));
  else writePlainPublish(client.stream, topic, payload, byteLength(payload), retain, version);
}

function publishOptions(item: Outgoing, version: 3 | 4 | 5) {
  const { qos = 0, retain = false, properties } = item.message;
  const dup = item.id !== undefined;
  if (version !== 5 || !properties) return { qos, retain, dup };
  const { topicAlias: _ours, messageExpiryInterval, ...rest } = properties;
  const waited = item.queuedAt ? Math.floor((Date.now() - item.queuedAt) / 1000) : 0;
  const expiry =
    messageExpiryInterval === undefined ? {} : { messageExpiryInterval: Math.max(0, messageExpiryInterval - waited) };
  return { qos, retain, dup, properties: { ...rest, ...expiry } as Record<string, never> };
}

/** A message with an expiry interval ages in the queue, too (MQTT 5.0, 3.3.2.3.3). */
function expiredFault({ message, queuedAt }: Outgoing): PoolError | undefined {
  const seconds = message.properties?.messageExpiryInterval;
  if (seconds === undefined || !queuedAt || Date.now() - queuedAt < Math.max(1, seconds) * 1000) return undefined;
  return new PoolError('QUEUE_EXPIRED', `The message to "${message.topic}" expired after ${seconds} s in the queue.`);
}

function cutOffError(topic: string): PoolError {
  const text = `The connection broke while the message to "${topic}" was written; at QoS 0 it is not sent again.`;
  return new PoolError('MQTT_CONNECTION_LOST', text);
}

function reasonOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

function refusedError(topic: string, code: number): PoolError {
  return new PoolError('MQTT_PUBLISH_REFUSED', `The broker refused the message to "${topic}": ${reasonText(code)}.`);
}
