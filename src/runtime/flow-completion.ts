/**
 * Knows when everything that came from a message is done with, through Node-RED's messaging hooks: the message counts
 * as complete when each node that got it, or what came from it, has called `done`.
 *
 * What belongs to a message: its clones and every message with the same `_msgid`, however late it is sent, and what a
 * node sends while it is handling one of these (the Split node makes new ids). A node that knows no `done` counts as
 * done as soon as it has taken the message. An error given to `done`, or to `node.error` with the message, makes the
 * whole fail.
 *
 * Hooks cost every message of the runtime: they are there only while someone follows messages.
 */
import { randomBytes } from 'node:crypto';
import type { NodeAPI } from 'node-red';

type Hooks = NodeAPI['hooks'];

export type FlowOutcome = 'done' | 'failed';

/** Who follows messages; `Subject` is what the caller knows a message by. */
export interface FlowHandlers<Message, Subject> {
  send(message: Message): void;
  /** All that came from the message is done. Must not throw. */
  settled(subject: Subject, outcome: FlowOutcome): void;
}

/** What a message object belongs to, and where it is. */
interface Link {
  readonly origin: Origin;
  /** Deliveries of the object on their way to a node. */
  underway: number;
  /** Nodes that have received it and are not done. */
  open: number;
}

/** One message and all that came from it; also the link of the message itself. */
class Origin implements Link {
  underway = 0;
  open = 0;
  /** Deliveries not yet completed; sending it counts as one. */
  outstanding = 1;
  failed = false;
  /** The number in its id. */
  readonly number: number;
  /** Ids of messages that came from it and have another one. */
  otherIds: string[] | undefined;
  /** Told when it is complete; undefined from then on. */
  follower: Pick<FlowFollower<object, unknown>, 'complete'> | undefined;
  readonly subject: unknown;

  constructor(number: number, follower: Origin['follower'], subject: unknown) {
    this.number = number;
    this.follower = follower;
    this.subject = subject;
  }

  get origin(): Origin {
    return this;
  }
}

/** The class that its parameter's object becomes part of. */
const Guest = function (object: object) {
  return object;
} as unknown as new (
  object: object,
) => object;

/**
 * Notes on message objects: a private field can be given to any object, is not cloned, and nobody else sees it. A Map or
 * WeakMap of messages that live for microseconds keeps the garbage collector busy instead.
 */
class Note extends Guest {
  #link: Link;

  constructor(message: object, link: Link) {
    super(message);
    this.#link = link;
  }

  static read(message: object): Link | undefined {
    return #link in message ? message.#link : undefined;
  }

  static write(message: object, link: Link): void {
    if (#link in message) message.#link = link;
    else new Note(message, link);
  }
}

/** The parts of the hooks' events that are used. */
interface MessageEvent {
  readonly msg: { readonly _msgid?: string };
}
interface SendEvent extends MessageEvent {
  readonly source: { readonly node: object };
}
interface ReceivingNode {
  /** How many of its input handlers take `done`; Node-RED's own, not in its types. */
  readonly _expectedDoneCount?: number;
  error(text: unknown, message?: unknown): void;
}
interface ReceiveEvent extends MessageEvent {
  readonly destination: { readonly node: ReceivingNode };
}
interface CompleteEvent extends MessageEvent {
  readonly error?: unknown;
}

const SETTLED = Promise.resolve();

const trackers = new WeakMap<Hooks, FlowTracker>();

/** Follows messages until it is closed; all followers of a runtime share the hooks. */
export class FlowFollower<Message extends object, Subject> {
  readonly #tracker: FlowTracker;
  readonly #handlers: FlowHandlers<Message, Subject>;
  #outstanding = 0;
  #idle: (() => void) | undefined;
  #closed = false;

  constructor(hooks: Hooks, handlers: FlowHandlers<Message, Subject>) {
    let tracker = trackers.get(hooks);
    if (!tracker) trackers.set(hooks, (tracker = new FlowTracker(hooks)));
    this.#tracker = tracker;
    this.#handlers = handlers;
    tracker.attach();
  }

  /** How many messages are not complete. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /**
   * Sends a message, which gets a `_msgid` of its own, and tells once when all that came from it is done; soon if
   * nothing takes it, never after `close`.
   */
  follow(message: Message & { _msgid?: string }, subject: Subject): void {
    const origin = this.#tracker.begin(message, this, subject);
    this.#outstanding += 1;
    try {
      this.#handlers.send(message);
    } finally {
      this.#tracker.complete(origin);
    }
  }

  /** Settles when all is complete, at the latest after this time. */
  async drain(limitMillis: number): Promise<void> {
    if (this.#outstanding === 0) return;
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
    this.#outstanding = 0;
    this.#tracker.forgetAll(this);
    this.#tracker.detach();
  }

  /** Called by the tracker. */
  complete(origin: Origin): void {
    this.#outstanding -= 1;
    this.#handlers.settled(origin.subject as Subject, origin.failed ? 'failed' : 'done');
    if (this.#outstanding === 0) this.#idle?.();
  }
}

class FlowTracker {
  readonly #hooks: Hooks;
  /** Unique, because another copy of this package may have hooks too. */
  readonly #label = `edgepool-${randomBytes(4).toString('hex')}`;
  readonly #idPrefix = randomBytes(5).toString('hex');
  #lastNumber = 0;
  readonly #byNumber = new Map<number, Origin>();
  readonly #byOtherId = new Map<string, Origin>();
  #users = 0;
  /** The message that a node is handling in this turn. */
  #current: Origin | undefined;
  #currentNode: object | undefined;
  /** Nodes whose `error` is listened to. */
  readonly #heard = new WeakSet<object>();
  #finished: Origin[] = [];
  #turnEnds = false;
  readonly #onTurnEnd = () => this.#endTurn();

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
    this.#hooks.add(`onComplete.${label}`, (event: CompleteEvent) => this.#completed(event));
  }

  detach(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#hooks.remove(`*.${this.#label}`);
  }

  /** Gives the message an id of its own. */
  begin(message: { _msgid?: string }, follower: Origin['follower'], subject: unknown): Origin {
    const number = (this.#lastNumber += 1);
    message._msgid = this.#idPrefix + number;
    const origin = new Origin(number, follower, subject);
    this.#byNumber.set(number, origin);
    Note.write(message, origin);
    return origin;
  }

  forgetAll(follower: Origin['follower']): void {
    for (const origin of this.#byNumber.values()) if (origin.follower === follower) this.#forget(origin);
  }

  #forget(origin: Origin): void {
    origin.follower = undefined;
    this.#byNumber.delete(origin.number);
    if (origin.otherIds) for (const id of origin.otherIds) this.#byOtherId.delete(id);
  }

  /** One delivery less. Whether it was the last is decided after the turn: Complete nodes get the message in it. */
  complete(origin: Origin): void {
    origin.outstanding -= 1;
    if (origin.outstanding > 0) return;
    this.#finished.push(origin);
    this.#endTurnSoon();
  }

  #endTurnSoon(): void {
    if (this.#turnEnds) return;
    this.#turnEnds = true;
    // Cheaper than queueMicrotask.
    void SETTLED.then(this.#onTurnEnd);
  }

  #endTurn(): void {
    this.#turnEnds = false;
    this.#current = undefined;
    this.#currentNode = undefined;
    if (this.#finished.length === 0) return;
    const finished = this.#finished;
    this.#finished = [];
    for (const origin of finished) {
      const { follower } = origin;
      if (origin.outstanding > 0 || !follower) continue;
      this.#forget(origin);
      follower.complete(origin);
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
    const { node } = destination;
    this.#current = link?.origin;
    if (!link) return;
    this.#currentNode = node;
    this.#endTurnSoon();
    // Link, Catch and Complete nodes are given their messages directly.
    if (link.underway > 0) link.underway -= 1;
    else link.origin.outstanding += 1;
    link.open += 1;
    this.#hear(node);
    if (!node._expectedDoneCount) queueMicrotask(() => this.#completed({ msg }));
  }

  /**
   * No hook tells of `node.error(text, msg)`, the only way of Function nodes and those of an old style to report an error
   * and go on. Stays with the node, and does nothing when nobody follows.
   */
  #hear(node: ReceivingNode): void {
    if (this.#heard.has(node)) return;
    this.#heard.add(node);
    const report = node.error.bind(node);
    node.error = (text, message) => {
      const link = typeof message === 'object' && message !== null ? this.#linkOf(message) : undefined;
      if (link) link.origin.failed = true;
      report(text, message);
    };
  }

  #completed({ msg, error }: CompleteEvent): void {
    const link = Note.read(msg);
    if (!link || link.open === 0) return;
    link.open -= 1;
    if (error) link.origin.failed = true;
    this.complete(link.origin);
  }

  #linkOf(msg: MessageEvent['msg']): Link | undefined {
    const known = Note.read(msg);
    if (known?.origin.follower) return known;
    const origin = msg._msgid === undefined ? undefined : this.#byId(msg._msgid);
    return origin && this.#link(msg, origin);
  }

  #byId(id: string): Origin | undefined {
    // A message may come with anything as its id.
    if (typeof id === 'string' && id.startsWith(this.#idPrefix)) {
      return this.#byNumber.get(Number(id.slice(this.#idPrefix.length)));
    }
    return this.#byOtherId.size === 0 ? undefined : this.#byOtherId.get(id);
  }

  #derive(msg: MessageEvent['msg'], source: object): Link | undefined {
    const origin = this.#current;
    if (!origin?.follower || source !== this.#currentNode || msg._msgid === undefined) return undefined;
    origin.otherIds ??= [];
    origin.otherIds.push(msg._msgid);
    this.#byOtherId.set(msg._msgid, origin);
    return this.#link(msg, origin);
  }

  #link(msg: object, origin: Origin): Link {
    const link: Link = { origin, underway: 0, open: 0 };
    Note.write(msg, link);
    return link;
  }
}
