/**
 * What all nodes that send have in common: a hold on the connection of their profile, messages that wait while it is
 * disconnected on purpose, the actions connect and disconnect, and a status that counts what waits.
 */
import type { Node, NodeMessageInFlow, NodeStatus } from 'node-red';
import type { ConnectionState } from '../core/connection-state';
import type { DriverSession } from '../core/driver';
import { PoolError } from '../core/errors';
import type { BorrowHandlers, Borrowing } from './borrowing';
import { type Done, runConnectionAction } from './connection-actions';
import { type HeldMessage, HeldMessages } from './held-messages';
import type { HandOver, Legacy } from './hand-over/hand-over';
import type { LeaseSettings } from './lease-settings';
import type { ConnectionActions } from './profile-controller';
import { problemStatus, queueingStatus, StatusLight } from './status';
import type { Texts } from './texts';
import { t } from '../core/wording';

/** How often the status counts the queue, at most. */
const COUNT_INTERVAL_MILLIS = 500;

/** Counts what is submitted, in all nodes: what comes back from a connection that was left goes before what came later. */
let submitted = 0;

/** What was not sent, or may be sent again, when its session was left. */
const WITHDRAWN: ReadonlySet<string> = new Set(['CONNECTION_CLOSED', 'HTTP_WITHDRAWN']);

/** A session that queues by itself during an outage. */
export interface SendingSession extends DriverSession {
  /** What waits to be sent or answered. */
  readonly queued: number;
  /** Fails what waits to be sent with `CONNECTION_CLOSED`, in order, before it returns. */
  withdraw?(): void;
  /** Nothing that `withdraw` has left comes back when the connection ends: nothing need wait for that. @default false */
  readonly withdrawsAll?: boolean;
}

/** The part of a profile's controller that is needed here. */
export interface SendingProfile<Session extends DriverSession> extends ConnectionActions<DriverSession> {
  readonly texts: Texts;
  readonly current: LeaseSettings | PoolError;
  /** What closed nodes leave to those that come in their place. */
  readonly handOver: HandOver;
  /** What is borrowed may be of another protocol than the session: EdgeX has its own on top of MQTT and Redis. */
  borrow(node: Node, handlers: BorrowHandlers<Session>, dedicated?: boolean): Borrowing<DriverSession>;
  giveBack(borrowing: Borrowing<DriverSession>, removed: boolean, linger?: boolean): Promise<void>;
}

export interface SendingNodeParts<Session extends DriverSession> {
  readonly node: Node;
  readonly profile: SendingProfile<Session>;
  /** The texts of the node; for `errors.invalid-action`. */
  readonly texts: Texts;
  readonly dedicated: boolean;
  /** Told each session, and undefined when it is about to be given back. Before anything is sent on it. */
  readonly onSession?: (session: Session | undefined, keep: boolean) => void;
  /** What is wrong with this node alone, while its connection is as it should be. */
  readonly trouble?: () => NodeStatus | undefined;
  /** Where messages wait that don't go by `submit`. */
  readonly outbox?: WaitingElsewhere;
  /** Whether a connection that nobody else holds stays open for a while when the node is closed. @default true */
  readonly lingers?: boolean;
}

/** What a status tells of messages that wait elsewhere. */
export interface WaitingElsewhere {
  readonly count: number;
  /** Undefined if there is nothing to say but how many wait. */
  status(connected: boolean): NodeStatus | undefined;
}

/** Whether the session that messages were given to was left for another one. */
interface Hold {
  left: boolean;
}

export class SendingNode<Session extends SendingSession> implements Legacy {
  readonly #node: Node;
  readonly #profile: SendingProfile<Session>;
  readonly #texts: Texts;
  readonly #lingers: boolean;
  readonly #status: StatusLight;
  readonly #held: HeldMessages<Session>;
  readonly #onSession: SendingNodeParts<Session>['onSession'];
  readonly #trouble: SendingNodeParts<Session>['trouble'];
  readonly #outbox: WaitingElsewhere | undefined;
  readonly #borrowing: Borrowing<DriverSession>;
  #session: Session | undefined;
  #hold: Hold = { left: false };
  /** Sessions that were left and may give messages back yet: what comes later waits for that. */
  #leaving = 0;
  /** The node that came in this one's place: what is left to do is given to it. */
  #successor: SendingNode<Session> | undefined;
  #state: ConnectionState | undefined;
  #countTimer: NodeJS.Timeout | undefined;
  #closed = false;
  #parked = false;

  constructor(parts: SendingNodeParts<Session>) {
    const { node, profile, texts, dedicated, lingers = true, onSession, trouble, outbox } = parts;
    this.#node = node;
    this.#profile = profile;
    this.#texts = texts;
    this.#lingers = lingers;
    this.#status = new StatusLight(node);
    this.#onSession = onSession;
    this.#trouble = trouble;
    this.#outbox = outbox;
    this.#held = new HeldMessages(profile.current instanceof PoolError ? {} : profile.current.queue);
    const handlers: BorrowHandlers<Session> = {
      inherit: (legacy) => this.#inherit(legacy),
      park: () => this.#park(),
      bound: (session) => this.#bound(session),
      unbinding: (keep, moving) => this.#unbinding(keep, moving),
      unbound: () => this.#unbound(),
      stateChanged: (state) => this.#stateChanged(state),
      failed: (error) => this.#failed(error),
    };
    this.#borrowing = profile.borrow(node, handlers, dedicated);
  }

  /** Undefined while there is none, on purpose or because the profile can't work. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** Carries out `msg.action`, if there is one, and calls `done` once then; otherwise the message is the caller's. */
  runAction(message: NodeMessageInFlow, done: Done): boolean {
    if (!message['action']) return false;
    if (!runConnectionAction(this.#profile, this.#borrowing, message, done)) {
      done(new PoolError('INVALID_ACTION', this.#texts.text('errors.invalid-action')));
    }
    return true;
  }

  /** Looks again at `trouble` and at what waits, also while there is no connection on purpose. */
  refresh(): void {
    if (!this.#closed && !this.#borrowing.problem) this.#show();
  }

  /** The same, at most twice a second. */
  refreshSoon(): void {
    this.#countSoon();
  }

  /** Has a message sent, now or as soon as someone connects, or gives it up. */
  submit(message: HeldMessage<Session>): void {
    this.#take(message, (submitted += 1));
  }

  /** @param again it comes back from a connection that was left: it waits for another one, whatever is wrong now */
  #take(message: HeldMessage<Session>, number: number, again = false): void {
    if (this.#successor) return this.#successor.#take(message, number, again);
    if (this.#session && this.#leaving === 0) this.#send(this.#session, message, number);
    else if (this.#borrowing.problem && !again) message.giveUp(this.#borrowing.problem);
    else if (this.#closed && !this.#parked)
      message.giveUp(new PoolError('CONNECTION_CLOSED', t`The node was stopped before the message was sent.`));
    else this.#held.add(message, number);
    if (this.#state?.kind !== 'connected') this.#countSoon();
  }

  async close(removed: boolean): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#countTimer);
    const given = this.#profile.giveBack(this.#borrowing, removed, this.#lingers);
    if (!this.#parked) this.#held.close();
    await given;
  }

  /** The node doesn't come back. */
  end(): void {
    this.#parked = false;
    this.#held.close();
  }

  /** Goes on with what the node had before it was closed: what waits there comes before anything new. */
  #inherit(legacy: Legacy): void {
    if (!(legacy instanceof SendingNode)) return;
    const former = legacy as SendingNode<Session>;
    if (former.#session) this.#hold = former.#hold;
    former.#successor = this;
    former.#session = undefined;
    this.#leaving = former.#leaving;
    former.#held.flush((message, number) => this.#held.add(message, number));
  }

  #park(): Legacy {
    this.#parked = true;
    this.#onSession?.(undefined, false);
    return this;
  }

  #bound(session: Session): void {
    const { current } = this.#profile;
    if (!(current instanceof PoolError)) this.#held.limits = current.queue;
    if (this.#hold.left) this.#hold = { left: false };
    this.#session = session;
    this.#onSession?.(session, false);
    this.#flush();
  }

  #flush(): void {
    const session = this.#session;
    if (session && this.#leaving === 0) this.#held.flush((message, number) => this.#send(session, message, number));
  }

  /** When another connection takes over, what waits for this one goes along. */
  #unbinding(keep: boolean, moving: boolean): void {
    const session = this.#session;
    this.#session = undefined;
    if (!this.#parked) this.#onSession?.(undefined, keep);
    this.#hold.left = moving;
    if (!moving) return;
    if (!session?.withdrawsAll) this.#leaving += 1;
    session?.withdraw?.();
  }

  #unbound(): void {
    if (this.#successor) return this.#successor.#unbound();
    if (this.#leaving > 0) this.#leaving -= 1;
    this.#flush();
  }

  #send(session: Session, message: HeldMessage<Session>, number: number): void {
    const hold = this.#hold;
    message.send(session, (error) => {
      if (WITHDRAWN.has(error.code) && hold.left) this.#take(message, number, true);
      else message.giveUp(error);
    });
  }

  #stateChanged(state: ConnectionState | undefined): void {
    this.#state = state;
    this.#show();
  }

  #show(): void {
    const connected = this.#state?.kind === 'connected';
    const trouble = this.#outbox?.status(connected) ?? (connected ? this.#trouble?.() : undefined);
    if (trouble) return this.#status.show(trouble);
    const queued = (this.#session?.queued ?? 0) + this.#held.count + (this.#outbox?.count ?? 0);
    this.#status.show(queueingStatus(this.#state, queued, this.#profile.texts));
  }

  /** Counts at most twice a second, however many messages come. */
  #countSoon(): void {
    if (this.#countTimer || this.#closed || this.#borrowing.problem) return;
    this.#countTimer = setTimeout(() => {
      this.#countTimer = undefined;
      this.#show();
    }, COUNT_INTERVAL_MILLIS);
    this.#countTimer.unref();
  }

  #failed(error: PoolError): void {
    this.#status.show(problemStatus(error, this.#profile.texts));
    this.#node.error(`${error.message} (${error.code})`);
  }
}
