/**
 * The one filter of a node, subscribed anew with each session it gets. A refusal is told once, not after every reconnect.
 * After a deploy that of the node's predecessor brings what this one means, too, until this one is confirmed.
 */
import { PoolError } from '../../core/errors';
import { topicMatches } from '../../edgex/topics';
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
  #former: StandingSubscription | undefined;

  constructor(filter: string, events: StandingSubscriptionEvents) {
    this.filter = filter;
    this.#events = events;
  }

  /** From now on it is another node's. */
  serve(events: StandingSubscriptionEvents): void {
    this.#events = events;
  }

  /** To be called before `bound`, with what the predecessor has on the session that comes with it. */
  takeOverFrom(former: StandingSubscription): void {
    this.#former = former;
    former.serve({
      message: (topic, bytes) => {
        if (topicMatches(this.filter, topic)) this.#events.message(topic, bytes);
      },
      changed: () => undefined,
      refused: () => undefined,
    });
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
      if (this.#former) this.#former.#subscription?.makeWay?.();
      this.#changed(this.#subscription.state);
    } catch (thrown) {
      this.#changed({ kind: 'refused', error: PoolError.from(thrown) });
    }
  }

  unbinding(keep: boolean): void {
    this.#subscription?.close(keep);
    this.#subscription = undefined;
    this.#refusal = undefined;
    this.#endFormer();
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
    if (state.kind !== 'pending') this.#endFormer();
    this.#events.changed();
  }

  /** What is confirmed brings everything from then on. */
  #endFormer(): void {
    const former = this.#former;
    this.#former = undefined;
    former?.unbinding(false);
  }
}
