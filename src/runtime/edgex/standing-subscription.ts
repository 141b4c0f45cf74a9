/** The one filter of a node, subscribed anew with each session it gets. A refusal is told once, not after every reconnect. */
import { PoolError } from '../../core/errors';
import type { EdgexSession, EdgexSubscription, EdgexSubscriptionState } from './edgex-session';

export interface StandingSubscriptionEvents {
  /** The bytes are shared with other receivers: read them only. Must not throw. */
  message(topic: string, bytes: Buffer): void;
  /** The state has changed. */
  changed(): void;
  refused(error: PoolError): void;
  /** Messages may arrive twice, see `EdgexSubscriptionState`. */
  overlapping?(filters: string): void;
}

export class StandingSubscription {
  readonly filter: string;
  #events: StandingSubscriptionEvents;
  #subscription: EdgexSubscription | undefined;
  #refusal: PoolError | undefined;
  #overlaps = '';

  constructor(filter: string, events: StandingSubscriptionEvents) {
    this.filter = filter;
    this.#events = events;
  }

  /** From now on it is another node's. */
  serve(events: StandingSubscriptionEvents): void {
    this.#events = events;
  }

  /** Why the bus refused it, until it accepts it. */
  get refusal(): PoolError | undefined {
    return this.#refusal;
  }

  get isActive(): boolean {
    return this.#subscription?.state.kind === 'active';
  }

  bound(session: EdgexSession): void {
    try {
      this.#subscription = session.subscribe(this.filter, {
        message: (topic, bytes) => this.#events.message(topic, bytes),
        state: (state) => this.#changed(state),
      });
      this.#changed(this.#subscription.state);
    } catch (thrown) {
      this.#changed({ kind: 'refused', error: PoolError.from(thrown) });
    }
  }

  unbinding(keep: boolean): void {
    this.#subscription?.close(keep);
    this.#subscription = undefined;
    this.#refusal = undefined;
  }

  #changed(state: EdgexSubscriptionState): void {
    if (state.kind !== 'pending') {
      const told = this.#refusal?.code;
      this.#refusal = state.kind === 'refused' ? state.error : undefined;
      if (this.#refusal && this.#refusal.code !== told) this.#events.refused(this.#refusal);
    }
    const overlaps = state.kind === 'active' ? (state.overlaps?.join(', ') ?? '') : '';
    if (overlaps && overlaps !== this.#overlaps) this.#events.overlapping?.(overlaps);
    this.#overlaps = overlaps || this.#overlaps;
    this.#events.changed();
  }
}
