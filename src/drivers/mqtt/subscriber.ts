/** One subscription of one node, and the entry it shares with the others on the same filter. */
import type { MqttMessage, SubscribeOptions, SubscriptionState } from './session';
import type { Qos } from './profile';
import type { ChangeOver } from './change-over';
import type { PoolError } from '../../core/errors';
import type { TopicFilter } from './topic-filter';

/** Whoever must get a publication at most once, however many of its filters match: one lease. */
export interface Receiver {
  /** The receiver's subscriptions, in the order they were made. */
  readonly subscribers: Set<Subscriber>;
  /** Changes from one of its filters to another, oldest first, until the other brings something. */
  readonly changes: ChangeOver[];
}

export interface Subscriber {
  readonly receiver: Receiver;
  readonly entry: FilterEntry;
  readonly qos: Qos;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
  /** Messages of QoS 1 and 2 are acknowledged when the listener's user says so. */
  readonly acknowledges: boolean;
  readonly listener: (message: MqttMessage) => void;
  readonly onState: SubscribeOptions['onState'];
  /** Told of listeners that throw: they concern nobody else. */
  readonly onFailure: (error: PoolError) => void;
  /** The batch of SUBSCRIBEs it was made for. */
  readonly batch: number;
  /** Others are to take over from it. */
  change: ChangeOver | undefined;
  /** It takes over from another: it gets what is marked by a SUBSCRIBE for it, not what is older. */
  takesOver: boolean;
  /** Another of the same receiver and filter is in its place. */
  isReplaced: boolean;
  /** The SUBSCRIBE for it has not been sent, and has to be, even if the filter is there already. */
  isAwaited: boolean;
  state: SubscriptionState;
  /** Retained messages are still owed: the next SUBSCRIBE asks for them. */
  retainedOwed: boolean;
  /** Which batch of SUBSCRIBEs asked for this one's retained messages. */
  retainedBatch: number;
  /** While replays can't be told apart by identifier: the topics had already; see retained-window.ts. */
  replay: ReplayWindow | undefined;
}

export interface ReplayWindow {
  /** Topics replayed to this subscriber; undefined when all is quiet and it only takes late ones. */
  seen: Set<string> | undefined;
  lastReplayAt: number;
}

/** What one SUBSCRIBE with one subscription identifier asked for. */
export interface SubscribeEpoch {
  readonly identifier: number;
  /** The entry's count of SUBSCRIBEs when it was sent. */
  readonly sequence: number;
  /** Who was on the filter, and so may get what is marked with this identifier. */
  readonly audience: Set<Subscriber>;
  /** Who gets the retained messages it brought. */
  readonly retainedFor: ReadonlySet<Subscriber>;
  /**
   * What the retain flag means under this identifier: `replay` a retained message, `live` a publication with the flag
   * kept, `either` when everyone gets both and keeps the flag.
   */
  readonly retainFlag: 'replay' | 'live' | 'either';
}

export type BrokerSide =
  /** The broker doesn't have this filter (any more). */
  | { readonly kind: 'none' }
  /** SUBSCRIBE is on its way. */
  | { readonly kind: 'pending'; readonly qos: Qos; readonly noLocal: boolean; readonly rap: boolean }
  | {
      readonly kind: 'active';
      readonly qos: Qos;
      readonly noLocal: boolean;
      readonly rap: boolean;
      readonly granted: Qos;
    }
  | { readonly kind: 'refused'; readonly error: PoolError };

/** One filter of one connection, with everyone on it. */
export interface FilterEntry {
  readonly filter: TopicFilter;
  readonly subscribers: Set<Subscriber>;
  broker: BrokerSide;
  /** Counts SUBSCRIBE and UNSUBSCRIBE, so that a late answer to an earlier one is recognised. */
  sequence: number;
  /** The latest SUBSCRIBEs, newest first. */
  epochs: readonly SubscribeEpoch[];
  /** What the filter's identifiers have in common in a persistent session; see subscription-identifiers.ts. */
  stableGroup: number | undefined;
  /** 3.1.1: the wider filter that is subscribed in place of this one. */
  coveredBy: FilterEntry | undefined;
  /** 3.1.1: the narrower filters that this one is subscribed for. */
  readonly covers: Set<FilterEntry>;
  /** Nobody is on it any more, but the broker is to keep it (persistent sessions). */
  kept: boolean;
  /** Whose retained messages the SUBSCRIBE on its way asks for. */
  fetching: readonly Subscriber[];
  /** Whose turn it is on a shared filter. */
  turn: number;
  /** What this connection published and has yet to come back, where only some of the subscribers want that. */
  own: Map<string, number> | undefined;
  /** Publications that came for it. */
  messages: number;
}

export function newFilterEntry(filter: TopicFilter): FilterEntry {
  return {
    filter,
    subscribers: new Set(),
    broker: { kind: 'none' },
    sequence: 0,
    epochs: [],
    stableGroup: undefined,
    coveredBy: undefined,
    covers: new Set(),
    kept: false,
    fetching: [],
    turn: 0,
    own: undefined,
    messages: 0,
  };
}
