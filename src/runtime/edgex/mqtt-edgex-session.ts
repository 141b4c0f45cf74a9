/** The bus of EdgeX on MQTT: topics and filters are those of MQTT. */
import type { PoolError } from '../../core/errors';
import type { Qos } from '../../drivers/mqtt/profile';
import type { MqttSession, SubscriptionState } from '../../drivers/mqtt/session';
import { checkFilter } from '../../edgex/topics';
import type { EdgexSession, EdgexSubscription, EdgexSubscriptionHandlers } from './edgex-session';

export class MqttEdgexSession implements EdgexSession {
  readonly #session: MqttSession;
  readonly #qos: Qos;

  constructor(session: MqttSession, qos: Qos) {
    this.#session = session;
    this.#qos = qos;
  }

  get queued(): number {
    return this.#session.queued;
  }

  subscribe(filter: string, handlers: EdgexSubscriptionHandlers): EdgexSubscription {
    checkFilter(filter);
    const onState = (state: SubscriptionState) => handlers.state?.(state);
    return this.#session.subscribe(filter, { qos: this.#qos, onState }, ({ topic, payload }) =>
      handlers.message(topic, payload),
    );
  }

  publish(topic: string, bytes: Buffer, callback: (error?: PoolError) => void): void {
    this.#session.publish({ topic, payload: bytes, qos: this.#qos }, callback);
  }

  withdraw(): void {
    this.#session.withdraw();
  }

  /** The pool closes the session itself when its lease is released. */
  close(): void {}
}
