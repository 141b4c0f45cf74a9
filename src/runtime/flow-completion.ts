/**
 * Knows when everything that came from a message is done with, through Node-RED's messaging hooks: the message counts
 * as complete when each node that got it, or what came from it, has called `done`.
 *
 * What belongs to a message: its clones and every message with the same `_msgid`, however late it is sent, and what a
 * node sends while it is handling one of these (the Split node makes new ids). A node that knows no `done` counts as
 * done as soon as it has taken the message. An error given to `done` makes the whole fail.
 *
 * Hooks cost every message of the runtime: they are there only while someone follows messages.
 */
import { randomBytes } from 'node:crypto';
import type { NodeAPI } from 'node-red';

type Hooks = NodeAPI['hooks'];

export type FlowOutcome = 'done' | 'failed';

/** A message that can be followed: an object with an id of its own. */
export interface FollowedMessage {
  _msgid: string;
}

/** One message and all that came from it. */
interface Origin {
  /** Deliveries not yet completed. */
  outstanding: number;
  failed: boolean;
  readonly ids: string[];
  /** Undefined once it is settled. */
  settle: ((outcome: FlowOutcome) => void) | undefined;
}

/** What a message object belongs to. */
interface Link {
  readonly origin: Origin;
  /** Deliveries of the object on their way to a node. */
  underway: number;
  /** Nodes that have received it and are not done. */
  open: number;
}

/** The parts of the hooks' events that are used. */
interface MessageEvent {
  readonly msg: { _msgid?: string };
}
interface SendEvent extends MessageEvent {
  readonly source: { readonly node: object };
}
interface ReceiveEvent extends MessageEvent {
  /** `_expectedDoneCount`: how many of the node's input handlers take `done`; Node-RED's own, not in its types. */
  readonly destination: { readonly node: { readonly _expectedDoneCount?: number } };
}
interface CompleteEvent extends MessageEvent {
  readonly error?: unknown;
}

const trackers = new WeakMap<Hooks, FlowTracker>();

/** Follows messages until it is closed; all followers of a runtime share the hooks. */
export class FlowFollower {
  readonly #tracker: FlowTracker;
  readonly #origins = new Set<Origin>();
  #idle: (() => void) | undefined;
  #closed = false;

  constructor(hooks: Hooks) {
    let tracker = trackers.get(hooks);
    if (!tracker) trackers.set(hooks, (tracker = new FlowTracker(hooks)));
    this.#tracker = tracker;
    tracker.attach();
  }

  /** How many messages are not complete. */
  get outstanding(): number {
    return this.#origins.size;
  }

  /**
   * Sends a message and calls `settled` once, when all that came from it is done; at once if nothing takes it. After
   * `close` it is not called any more.
   */
  follow(message: FollowedMessage, send: () => void, settled: (outcome: FlowOutcome) => void): void {
    const origin: Origin = { outstanding: 1, failed: false, ids: [], settle: undefined };
    origin.settle = (outcome) => {
      this.#origins.delete(origin);
      settled(outcome);
      if (this.#origins.size === 0) this.#idle?.();
    };
    this.#origins.add(origin);
    this.#tracker.add(origin, message._msgid);
    try {
      send();
    } finally {
      this.#tracker.complete(origin);
    }
  }

  /** Settles when all is complete, at the latest after this time. */
  async drain(limitMillis: number): Promise<void> {
    if (this.#origins.size === 0) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, limitMillis);
      this.#idle = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  /** What is not complete by now stays unsettled. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const origin of this.#origins) this.#tracker.forget(origin);
    this.#origins.clear();
    this.#tracker.detach();
  }
}

class FlowTracker {
  readonly #hooks: Hooks;
  /** Unique, because another copy of this package may have hooks too. */
  readonly #label = `edgepool-${randomBytes(4).toString('hex')}`;
  readonly #byId = new Map<string, Origin>();
  #links = new WeakMap<object, Link>();
  #users = 0;
  /** The message a node is handling just now. */
  #current: Origin | undefined;
  #currentNode: object | undefined;
  #finished: Origin[] = [];

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  attach(): void {
    this.#users += 1;
    if (this.#users > 1) return;
    const label = this.#label;
    // Each takes one parameter: hooks that take two are called back asynchronously.
    this.#hooks.add(`preDeliver.${label}`, (event: SendEvent) => this.#sent(event));
    this.#hooks.add(`onReceive.${label}`, (event: ReceiveEvent) => this.#received(event));
    this.#hooks.add(`postReceive.${label}`, (event: ReceiveEvent) => this.#taken(event));
    this.#hooks.add(`onComplete.${label}`, (event: CompleteEvent) => this.#completed(event));
  }

  detach(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#hooks.remove(`*.${this.#label}`);
    this.#current = undefined;
    this.#currentNode = undefined;
    this.#links = new WeakMap();
  }

  add(origin: Origin, id: string): void {
    origin.ids.push(id);
    this.#byId.set(id, origin);
  }

  forget(origin: Origin): void {
    origin.settle = undefined;
    for (const id of origin.ids) this.#byId.delete(id);
  }

  /** One delivery less. Whether it was the last is decided after the turn: Complete nodes get the message in it. */
  complete(origin: Origin): void {
    origin.outstanding -= 1;
    if (origin.outstanding > 0) return;
    if (this.#finished.push(origin) === 1) queueMicrotask(() => this.#finish());
  }

  #finish(): void {
    const finished = this.#finished;
    this.#finished = [];
    for (const origin of finished) {
      const { settle } = origin;
      if (origin.outstanding > 0 || !settle) continue;
      this.forget(origin);
      settle(origin.failed ? 'failed' : 'done');
    }
  }

  #sent({ msg, source }: SendEvent): void {
    const link = this.#linkOf(msg) ?? this.#derive(msg, source.node);
    if (!link) return;
    link.underway += 1;
    link.origin.outstanding += 1;
  }

  #received({ msg, destination }: ReceiveEvent): void {
    const link = this.#linkOf(msg);
    this.#current = link?.origin;
    this.#currentNode = destination.node;
    if (!link) return;
    // Link, Catch and Complete nodes are given their messages directly.
    if (link.underway > 0) link.underway -= 1;
    else link.origin.outstanding += 1;
    link.open += 1;
  }

  #taken({ msg, destination }: ReceiveEvent): void {
    this.#current = undefined;
    this.#currentNode = undefined;
    if (!destination.node._expectedDoneCount) this.#completed({ msg });
  }

  #completed({ msg, error }: CompleteEvent): void {
    const link = this.#links.get(msg);
    if (!link || link.open === 0) return;
    link.open -= 1;
    if (error) link.origin.failed = true;
    this.complete(link.origin);
  }

  #linkOf(msg: { _msgid?: string }): Link | undefined {
    const known = this.#links.get(msg);
    if (known?.origin.settle) return known;
    const origin = msg._msgid === undefined ? undefined : this.#byId.get(msg._msgid);
    return origin && this.#link(msg, origin);
  }

  #derive(msg: { _msgid?: string }, source: object): Link | undefined {
    const origin = this.#current;
    if (!origin?.settle || source !== this.#currentNode || msg._msgid === undefined) return undefined;
    this.add(origin, msg._msgid);
    return this.#link(msg, origin);
  }

  #link(msg: object, origin: Origin): Link {
    const link: Link = { origin, underway: 0, open: 0 };
    this.#links.set(msg, link);
    return link;
  }
}
