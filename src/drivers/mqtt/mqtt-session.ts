/** A session: one lease's share of an MQTT connection. */
import type { QueueLimits } from '../../core/driver';
import { PoolError } from '../../core/errors';
import { QueueAccount } from '../../core/send-queue';
import type { ChangeOver } from './change-over';
import type { MqttConnection } from './mqtt-connection';
import type { Qos } from './profile';
import type {
  MessageProperties,
  MqttMessage,
  MqttSession,
  MqttSubscription,
  OutgoingMessage,
  ServerProperties,
  SubscribeOptions,
} from './session';
import type { Receiver, Subscriber } from './subscriber';
import { quote } from './topic-filter';
import { t } from '../../core/wording';

export class SharedSession implements MqttSession, Receiver {
  readonly subscribers = new Set<Subscriber>();
  readonly changes: ChangeOver[] = [];
  readonly #connection: MqttConnection;
  readonly #account: QueueAccount;
  readonly #keeps = new Map<Subscriber, boolean>();
  /** Topic aliases belong to the connection (MQTT 5.0, 3.3.2.3.4); each session has its own and sends full topics. */
  readonly #aliases = new Map<number, string>();
  #closed = false;

  constructor(connection: MqttConnection, queue: QueueLimits) {
    this.#connection = connection;
    this.#account = new QueueAccount(queue);
  }

  get protocolVersion(): 3 | 4 | 5 | undefined {
    return this.#connection.version;
  }

  get serverProperties(): ServerProperties {
    return this.#connection.serverProperties;
  }

  get receiveMaximum(): number {
    return this.#connection.receiveMaximum;
  }

  get queued(): number {
    return this.#account.count;
  }

  subscribe(filter: string, options: SubscribeOptions, listener: (message: MqttMessage) => void): MqttSubscription {
    if (this.#closed) throw releasedError();
    const { qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0, keep = false } = options;
    if (qos !== 0 && qos !== 1 && qos !== 2) {
      throw new PoolError('MQTT_INVALID_QOS', t`QoS ${quote(qos)} does not exist; use 0, 1 or 2.`);
    }
    const { table } = this.#connection;
    const subscriber: Subscriber = {
      receiver: this,
      entry: table.index.entry(filter),
      qos: qos satisfies Qos,
      noLocal,
      retainAsPublished,
      retainHandling,
      acknowledges: options.acknowledge === 'complete',
      listener,
      onState: options.onState,
      onFailure: (error) => this.#connection.warn(error),
      batch: table.nextBatch,
      change: undefined,
      takesOver: false,
      isReplaced: false,
      isAwaited: false,
      state: { kind: 'pending' },
      retainedOwed: retainHandling !== 2,
      retainedBatch: 0,
      replay: undefined,
    };
    if (subscriber.acknowledges) this.#connection.acknowledgeLate();
    this.subscribers.add(subscriber);
    this.#keeps.set(subscriber, keep);
    table.add(subscriber);
    return {
      filter,
      get state() {
        return subscriber.state;
      },
      makeWay: () => table.makeWay(subscriber),
      close: (keepNow = keep) => this.#end(subscriber, keepNow),
    };
  }

  publish(message: OutgoingMessage, callback: (error?: PoolError) => void): void {
    if (this.#closed) {
      callback(releasedError());
      return;
    }
    const alias = message.properties?.topicAlias;
    const resolved = alias === undefined ? message : this.#withoutAlias(message, alias);
    if (resolved instanceof PoolError) callback(resolved);
    else this.#connection.publisher.publish(this.#account, resolved, callback);
  }

  limit(queue: QueueLimits): void {
    this.#account.limits = queue;
  }

  withdraw(): void {
    const text = t`The message was withdrawn before it was sent.`;
    this.#connection.publisher.withdraw(this.#account, new PoolError('CONNECTION_CLOSED', text));
  }

  close(): void {
    this.#closed = true;
    for (const [subscriber, keep] of [...this.#keeps]) this.#end(subscriber, keep);
  }

  #end(subscriber: Subscriber, keep: boolean): void {
    this.#keeps.delete(subscriber);
    if (!this.subscribers.has(subscriber)) return;
    // The broker has done with sending them: whoever comes back to the session later won't get them.
    if (keep) this.#connection.handOutReceived();
    this.subscribers.delete(subscriber);
    this.#connection.table.remove(subscriber, keep);
  }

  #withoutAlias(message: OutgoingMessage, alias: number): OutgoingMessage | PoolError {
    const maximum = this.#connection.serverProperties.topicAliasMaximum;
    const highest = typeof maximum === 'number' ? maximum : this.#connection.version === undefined ? 65_535 : 0;
    if (!Number.isInteger(alias) || alias < 1 || alias > highest) {
      const text = t`Topic alias ${quote(alias)} can't be used; this broker allows ${highest ? t`1 to ${highest}` : t`none`}.`;
      return new PoolError('MQTT_INVALID_PROPERTY', text);
    }
    if (message.topic) {
      this.#aliases.set(alias, message.topic);
      return message;
    }
    const topic = this.#aliases.get(alias);
    if (topic === undefined) {
      const text = t`Topic alias ${alias} stands for no topic yet; send a message with topic and alias first.`;
      return new PoolError('MQTT_INVALID_TOPIC', text);
    }
    const { topicAlias: _resolved, ...properties } = message.properties as MessageProperties;
    return { ...message, topic, properties };
  }
}

function releasedError(): PoolError {
  return new PoolError('LEASE_RELEASED', t`The session of a released lease was used; acquire a new lease.`);
}
