/** The hooks of one runtime, and which of its messages came from which; see flow-follower.ts. */
import { randomBytes } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { type Link, Note, Origin, type OriginFollower } from './message-notes';
import { ReportedErrors, type ReportingNode } from './reported-errors';

type Hooks = NodeAPI['hooks'];

/** The parts of the hooks' events that are used. */
interface MessageEvent {
  readonly msg: { readonly _msgid?: string | undefined };
}
interface SendEvent extends MessageEvent {
  readonly source: { readonly node: object };
}
interface RouteEvent extends MessageEvent {
  readonly source: { readonly node: { readonly _flow?: { getNode?(id: string): unknown } } };
  readonly destination: { readonly id: string };
}
interface ReceivingNode extends ReportingNode {
  /** How many of its input handlers take `done`; Node-RED's own, not in its types. */
  readonly _expectedDoneCount?: number;
}
interface ReceiveEvent extends MessageEvent {
  readonly destination: { readonly node: ReceivingNode };
}
interface CompleteEvent extends MessageEvent {
  readonly error?: unknown;
}

const SETTLED = Promise.resolve();

export class FlowTracker {
  readonly #hooks: Hooks;
  /** Unique, because another copy of this package may have hooks too. */
  readonly #label = `edgepool-${randomBytes(4).toString('hex')}`;
  readonly #idPrefix = randomBytes(5).toString('hex');
  #lastNumber = 0;
  readonly #byNumber = new Map<number, Origin>();
  readonly #byOtherId = new Map<string, Origin>();
  #users = 0;
  #watchesLosses = false;
  /** The message that a node is handling in this turn. */
  #current: Origin | undefined;
  #currentNode: object | undefined;
  readonly #errors = new ReportedErrors((message) => {
    const link = this.#linkOf(message);
    if (link) link.origin.failed = true;
  });
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
    if (this.#users > 0) return;
    this.#hooks.remove(`*.${this.#label}`);
    this.#watchesLosses = false;
  }

  /** While nodes are being stopped, what is sent to a stopped one vanishes without a word: it is noted as lost. */
  watchLosses(): void {
    if (this.#watchesLosses) return;
    this.#watchesLosses = true;
    this.#hooks.add(`preRoute.${this.#label}`, (event: RouteEvent) => this.#routed(event));
  }

  /** Gives the message an id of its own. */
  begin(message: { _msgid?: string | undefined }, follower: OriginFollower, subject: unknown): Origin {
    const number = (this.#lastNumber += 1);
    message._msgid = this.#idPrefix + number;
    const origin = new Origin(number, follower, subject);
    this.#byNumber.set(number, origin);
    Note.write(message, origin);
    return origin;
  }

  forgetAll(follower: OriginFollower): void {
    for (const origin of this.#byNumber.values()) if (origin.follower === follower) this.forget(origin);
  }

  forget(origin: Origin): void {
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

  isFollowed(message: object): boolean {
    return this.#linkOf(message) !== undefined;
  }

  /** The message is on its way, but is handed over later. */
  postponed(event: SendEvent): void {
    this.#sent(event);
  }

  /** A message that a node was just about to receive is handed over later. */
  takenBack(message: object): void {
    const link = Note.read(message);
    // Counted as received already, or not yet: that depends on whose hook comes first.
    if (!link || link.open === 0 || link.underway > 0) return;
    link.open -= 1;
    link.underway += 1;
  }

  /** A postponed message is not handed over after all. */
  abandoned(message: object): void {
    const link = this.#linkOf(message);
    if (!link || link.underway === 0) return;
    link.underway -= 1;
    this.complete(link.origin);
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
      this.forget(origin);
      follower.complete(origin);
    }
  }

  #sent({ msg, source }: SendEvent): void {
    const link = this.#linkOf(msg) ?? this.#derive(msg, source.node);
    if (!link) return;
    link.underway += 1;
    link.origin.outstanding += 1;
  }

  #routed({ msg, source, destination }: RouteEvent): void {
    const { _flow: flow } = source.node;
    if (typeof flow?.getNode !== 'function' || flow.getNode(destination.id)) return;
    const link = this.#linkOf(msg) ?? this.#derive(msg, source.node);
    if (link) link.origin.lost = true;
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
    link.origin.holder = node;
    this.#errors.hear(node);
    if (!node._expectedDoneCount) queueMicrotask(() => this.#completed({ msg }));
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
