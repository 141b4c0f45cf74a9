/**
 * The bus of an EdgeX profile: the MQTT or Redis profile it refers to, seen as a lender of EdgeX sessions. Leases are that
 * profile's, so that EdgeX nodes and plain nodes hold the very same connection.
 */
import type { Node } from 'node-red';
import type { DriverSession } from '../../core/driver';
import type { Qos } from '../../drivers/mqtt/profile';
import { toRedisChannel } from '../../edgex/topics';
import type { BorrowHandlers, Borrowing } from '../borrowing';
import type { MqttProfileController } from '../mqtt-profile-controller';
import { toMqttJob } from '../outbox/mqtt-protocol';
import type { OutboxAccess } from '../outbox/profile-outbox';
import { toRedisJob } from '../outbox/redis-protocol';
import type { RedisProfileController } from '../redis-profile-controller';
import type { SendingProfile } from '../sending-node';
import type { EdgexBusKind, EdgexSession } from './edgex-session';
import { MqttEdgexSession } from './mqtt-edgex-session';
import { RedisEdgexSession } from './redis-edgex-session';

export interface EdgexBus extends SendingProfile<EdgexSession> {
  readonly kind: EdgexBusKind;
  /** The outbox of the profile below. */
  readonly outbox: EdgexOutbox;
}

/** An outbox that takes what is published on the bus. */
export interface EdgexOutbox extends OutboxAccess<unknown> {
  /** @throws PoolError `EDGEX_INVALID_TOPIC`, or why no bus takes it */
  toJob(topic: string, bytes: Buffer): unknown;
}

/** @param qos of everything that is published and subscribed */
export function mqttBus(profile: MqttProfileController, qos: Qos): EdgexBus {
  const toJob = (topic: string, bytes: Buffer) => toMqttJob({ topic, payload: bytes, qos });
  return new BorrowedBus('mqtt', profile, edgexOutbox(profile.outbox, toJob), (session) => {
    return new MqttEdgexSession(session, qos);
  });
}

export function redisBus(profile: RedisProfileController): EdgexBus {
  const toJob = (topic: string, bytes: Buffer) => {
    const commands = [{ name: 'PUBLISH', args: [toRedisChannel(topic), bytes] }];
    return toRedisJob({ several: false, rows: [{ commands }] }, 'pipeline', false);
  };
  return new BorrowedBus('redis', profile, edgexOutbox(profile.outbox, toJob), (session) => {
    return new RedisEdgexSession(session);
  });
}

function edgexOutbox<Job>(outbox: OutboxAccess<Job>, toJob: (topic: string, bytes: Buffer) => Job): EdgexOutbox {
  return {
    get settings() {
      return outbox.settings;
    },
    get depth() {
      return outbox.depth;
    },
    get trouble() {
      return outbox.trouble;
    },
    get hasBacklog() {
      return outbox.hasBacklog;
    },
    attach: (user) => outbox.attach(user),
    add: (sinkId, job, bytes, waiter) => outbox.add(sinkId, job as Job, bytes, waiter),
    toJob,
  };
}

class BorrowedBus<Session extends DriverSession> implements EdgexBus {
  readonly kind: EdgexBusKind;
  readonly outbox: EdgexOutbox;
  readonly #profile: SendingProfile<Session>;
  readonly #adapt: (session: Session) => EdgexSession;

  constructor(
    kind: EdgexBusKind,
    profile: SendingProfile<Session>,
    outbox: EdgexOutbox,
    adapt: (session: Session) => EdgexSession,
  ) {
    this.kind = kind;
    this.outbox = outbox;
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
      unbound: () => handlers.unbound?.(),
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
