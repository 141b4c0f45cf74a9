/**
 * The bus of an EdgeX profile: the MQTT or Redis profile it refers to, seen as a lender of EdgeX sessions. Leases are that
 * profile's, so that EdgeX nodes and plain nodes hold the very same connection.
 */
import type { Node } from 'node-red';
import type { DriverSession } from '../../core/driver';
import type { Qos } from '../../drivers/mqtt/profile';
import type { BorrowHandlers, Borrowing } from '../borrowing';
import type { MqttProfileController } from '../mqtt-profile-controller';
import type { RedisProfileController } from '../redis-profile-controller';
import type { SendingProfile } from '../sending-node';
import type { EdgexBusKind, EdgexSession } from './edgex-session';
import { MqttEdgexSession } from './mqtt-edgex-session';
import { RedisEdgexSession } from './redis-edgex-session';

export interface EdgexBus extends SendingProfile<EdgexSession> {
  readonly kind: EdgexBusKind;
}

/** @param qos of everything that is published and subscribed */
export function mqttBus(profile: MqttProfileController, qos: Qos): EdgexBus {
  return new BorrowedBus('mqtt', profile, (session) => new MqttEdgexSession(session, qos));
}

export function redisBus(profile: RedisProfileController): EdgexBus {
  return new BorrowedBus('redis', profile, (session) => new RedisEdgexSession(session));
}

class BorrowedBus<Session extends DriverSession> implements EdgexBus {
  readonly kind: EdgexBusKind;
  readonly #profile: SendingProfile<Session>;
  readonly #adapt: (session: Session) => EdgexSession;

  constructor(kind: EdgexBusKind, profile: SendingProfile<Session>, adapt: (session: Session) => EdgexSession) {
    this.kind = kind;
    this.#profile = profile;
    this.#adapt = adapt;
  }

  get texts() {
    return this.#profile.texts;
  }

  get current() {
    return this.#profile.current;
  }

  get handOver() {
    return this.#profile.handOver;
  }

  get overridesField(): string {
    return this.#profile.overridesField;
  }

  borrow(node: Node, handlers: BorrowHandlers<EdgexSession>, dedicated?: boolean): Borrowing<DriverSession> {
    const adapted: BorrowHandlers<Session> = {
      inherit: (legacy) => handlers.inherit?.(legacy),
      park: (removed) => handlers.park?.(removed),
      bound: (session) => handlers.bound?.(this.#adapt(session)),
      unbinding: (keep, moving) => handlers.unbinding?.(keep, moving),
      stateChanged: (state) => handlers.stateChanged?.(state),
      failed: (error) => handlers.failed?.(error),
    };
    return this.#profile.borrow(node, adapted, dedicated);
  }

  giveBack(borrowing: Borrowing<DriverSession>, removed: boolean, linger?: boolean): Promise<void> {
    return this.#profile.giveBack(borrowing, removed, linger);
  }

  connect(borrowing: Borrowing<DriverSession>, overrides: unknown): Promise<void> {
    return this.#profile.connect(borrowing, overrides);
  }

  disconnect(): Promise<void> {
    return this.#profile.disconnect();
  }
}
