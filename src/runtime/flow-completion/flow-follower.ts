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
import type { NodeAPI } from 'node-red';
import { FlowTracker } from './flow-tracker';
import type { Origin } from './message-notes';

type Hooks = NodeAPI['hooks'];

export type FlowOutcome = 'done' | 'failed';

/** Who follows messages; `Subject` is what the caller knows a message by. */
export interface FlowHandlers<Message, Subject> {
  send(message: Message): void;
  /** All that came from the message is done. Must not throw. */
  settled(subject: Subject, outcome: FlowOutcome): void;
}

/** A message that is followed. */
export interface Followed {
  readonly subject: unknown;
}

/** The parts of a node that the types of Node-RED leave out. */
interface RuntimeNode {
  readonly id: string;
  readonly _flow?: { getNode?(id: string): unknown };
}

const trackers = new WeakMap<Hooks, FlowTracker>();

/** For who holds messages up on their way through the flows of a runtime: they are not complete before they have gone on. */
export function followedMessages(
  hooks: Hooks,
): Pick<FlowTracker, 'isFollowed' | 'postponed' | 'takenBack' | 'abandoned'> | undefined {
  return trackers.get(hooks);
}

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
   * nothing takes it, never after `forget` or `close`.
   */
  follow(message: Message & { _msgid?: string | undefined }, subject: Subject): Followed {
    const origin = this.#tracker.begin(message, this, subject);
    this.#outstanding += 1;
    try {
      this.#handlers.send(message);
    } finally {
      this.#tracker.complete(origin);
    }
    return origin;
  }

  /** Whether the node that had something of it last is stopped: it may never be complete. */
  isStranded(followed: Followed): boolean {
    const holder = (followed as Origin).holder as RuntimeNode | undefined;
    return holder?._flow?.getNode !== undefined && holder._flow.getNode(holder.id) !== holder;
  }

  /** Gives one up that is not complete: it is not told of any more. */
  forget(followed: Followed): void {
    const origin = followed as Origin;
    if (origin.follower !== this) return;
    this.#tracker.forget(origin);
    this.#noLonger();
  }

  /**
   * While nodes are being stopped: settles when all is complete, at the latest after this time. What is sent to a stopped
   * node meanwhile is not done with: of such a message nothing is told.
   */
  async drain(limitMillis: number): Promise<void> {
    if (this.#outstanding === 0) return;
    this.#tracker.watchLosses();
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
    if (!origin.lost) this.#handlers.settled(origin.subject as Subject, origin.failed ? 'failed' : 'done');
    this.#noLonger();
  }

  #noLonger(): void {
    this.#outstanding -= 1;
    if (this.#outstanding === 0) this.#idle?.();
  }
}
