/**
 * The messages of one source that its flow is not done with, within a limit. Beyond it, what can be held back (its
 * acknowledgement is owed, so the server stops sending at some point) waits here, in order; anything else is dropped and
 * counted. A message that takes too long counts as done with, so that nothing is held up for ever.
 */
import type { NodeAPI, NodeMessage } from 'node-red';
import type { QueueView } from '../../core/views';
import { type Followed, FlowFollower, type FlowOutcome } from '../flow-completion/flow-follower';
import type { HandOver } from '../hand-over/hand-over';
import type { FlowLimits } from './flow-limits';

/** Acknowledges what a message was made of. */
export type Acknowledge = (outcome: FlowOutcome) => void;

export interface InFlowParts<Item> {
  readonly hooks: NodeAPI['hooks'];
  readonly limits: FlowLimits;
  /** Makes the message when it is its turn; none if that fails, which has been told and acknowledged then. */
  readonly message: (item: Item) => NodeMessage | undefined;
  /** Of an item that can be held back. */
  readonly acknowledge?: (item: Item) => Acknowledge | undefined;
  readonly send: (message: NodeMessage) => void;
  readonly handOver: Pick<HandOver, 'closing' | 'startedAt' | 'shuttingDown'>;
  /** Told of what a deploy has cut short: it is neither done nor acknowledged. */
  readonly interrupted?: (item: Item) => void;
  /** How many unacknowledged messages of this source are too many for its neighbours. @default as many as it may have */
  readonly crowding?: () => number;
  /** Told of messages that took too long. */
  readonly overdue: (count: number) => void;
  /** Told of each message that is dropped. */
  readonly dropped: () => void;
  /** Told when the first message is dropped, and a while after the last one how many there were. */
  readonly dropping: (count: number, over: boolean) => void;
  /** The condition may be another one. */
  readonly changed: () => void;
  /** Told once, when it is over and nothing is under way any more. */
  readonly closed?: () => void;
}

/** What is worth a status. */
export type FlowCondition =
  /** Messages are dropped; so many since it began. */
  | { readonly kind: 'dropping'; readonly count: number }
  /** Nothing comes to an end, or so much is under way that others on the connection may have to wait. */
  | { readonly kind: 'slow'; readonly count: number };

interface Entry<Item> {
  readonly item: Item | undefined;
  readonly since: number;
  readonly acknowledge: Acknowledge | undefined;
  followed: Followed | undefined;
}

const LOOK_MILLIS = 1000;
/** A flow that has kept a message for so long is called slow. */
const SLOW_MILLIS = 10_000;
/** So long after the last dropped message it is over. */
const CALM_MILLIS = 10_000;
/** How long a node that was stopped in a deploy may take to finish what it has. */
const STRANDED_MILLIS = 10_000;
/** How long a shutdown waits for what is under way. */
const DRAIN_MILLIS = 2000;

export class MessagesInFlow<Item> {
  readonly #parts: InFlowParts<Item>;
  readonly #follower: FlowFollower<NodeMessage, Entry<Item>>;
  /** In the order in which they were sent. */
  readonly #entries = new Set<Entry<Item>>();
  readonly #timer: NodeJS.Timeout;
  #waiting: Item[] = [];
  #wanted: (() => void)[] = [];
  #slow = false;
  #dropped = 0;
  #droppedAt = 0;
  #ended = false;
  /** The deploy after which stranded messages were looked for. */
  #lookedAfter: number;

  constructor(parts: InFlowParts<Item>) {
    this.#parts = parts;
    const settled = (entry: Entry<Item>, outcome: FlowOutcome) => this.#settled(entry, outcome);
    this.#lookedAfter = parts.handOver.startedAt;
    this.#follower = new FlowFollower(parts.hooks, { send: parts.send, settled });
    this.#timer = setInterval(() => this.#look(), LOOK_MILLIS).unref();
  }

  /** Messages in the flow and waiting to go there. */
  get count(): number {
    return this.#entries.size + this.#waiting.length;
  }

  get condition(): FlowCondition | undefined {
    if (this.#dropped > 0) return { kind: 'dropping', count: this.#dropped };
    return this.#slow ? { kind: 'slow', count: this.count } : undefined;
  }

  /** Messages that wait because the flow doesn't keep up, with those in it; undefined if it does. */
  get crowd(): QueueView | undefined {
    if (this.#waiting.length === 0 && !this.condition) return undefined;
    const [oldest] = this.#entries;
    return { waiting: this.count, ...(oldest ? { oldestAt: oldest.since } : {}) };
  }

  take(item: Item): void {
    // What isn't acknowledged now comes again.
    if (this.#ended) return;
    if (this.#hasRoom) this.#hand(item);
    else if (this.#parts.acknowledge?.(item)) this.#waiting.push(item);
    else this.#drop();
  }

  /** Takes one that is neither dropped nor held back: its source waits for `room` before it reads on. */
  takeAll(items: readonly Item[]): void {
    for (const item of items) if (!this.#ended) this.#hand(item);
  }

  /** Settles when so many messages may go into the flow, or all that may, if these are fewer. */
  async room(count: number): Promise<void> {
    const { maxCount } = this.#parts.limits;
    const limit = Math.max(0, maxCount - count);
    while (this.#entries.size > limit && !this.#ended) {
      await new Promise<void>((resolve) => this.#wanted.push(resolve));
    }
  }

  /** Before a shutdown: the flow has a little time to finish. What it doesn't stays unacknowledged, and comes again. */
  async drain(): Promise<void> {
    this.#end();
    if (this.#parts.acknowledge) await this.#follower.drain(DRAIN_MILLIS);
    this.#close();
  }

  /**
   * The node is closed, and its flow may go on: nothing more goes there from here, but what is there is followed to its
   * end. Returns what only waited.
   */
  retire(): Item[] {
    const waiting = this.#end();
    if (this.#entries.size === 0) this.#close();
    return waiting;
  }

  get #hasRoom(): boolean {
    return this.#entries.size < this.#parts.limits.maxCount;
  }

  #end(): Item[] {
    this.#ended = true;
    for (const resolve of this.#wanted.splice(0)) resolve();
    return this.#waiting.splice(0);
  }

  #hand(item: Item): void {
    const message = this.#parts.message(item);
    if (!message) return;
    let acknowledge = this.#parts.acknowledge?.(item);
    if (this.#parts.limits.acknowledge === 'receipt') {
      acknowledge?.('done');
      acknowledge = undefined;
    }
    const entry: Entry<Item> = { item: acknowledge && item, since: Date.now(), acknowledge, followed: undefined };
    this.#entries.add(entry);
    entry.followed = this.#follower.follow(message, entry);
  }

  #settled(entry: Entry<Item>, outcome: FlowOutcome): void {
    if (!this.#entries.delete(entry)) return;
    if (this.#parts.handOver.closing) this.#interrupt(entry);
    else entry.acknowledge?.(outcome);
    this.#goOn();
  }

  /** A Delay node, say, has dropped it when it was closed. What a shutdown cuts short comes again. */
  #interrupt({ item, acknowledge }: Entry<Item>): void {
    const { handOver, interrupted } = this.#parts;
    if (item !== undefined && acknowledge && !handOver.shuttingDown) interrupted?.(item);
  }

  #goOn(): void {
    while (this.#hasRoom && this.#waiting.length > 0) this.#hand(this.#waiting.shift() as Item);
    if (this.#wanted.length > 0) for (const resolve of this.#wanted.splice(0)) resolve();
    if (this.#ended && this.#entries.size === 0) this.#close();
  }

  #drop(): void {
    this.#dropped += 1;
    this.#droppedAt = Date.now();
    this.#parts.dropped();
    if (this.#dropped > 1) return;
    this.#parts.dropping(1, false);
    this.#parts.changed();
  }

  /** Once a second, rather than a timer for each message. */
  #look(): void {
    const now = Date.now();
    this.#giveUp(now);
    this.#findStranded(now);
    const [oldest] = this.#entries;
    const slow = oldest !== undefined && now - oldest.since >= SLOW_MILLIS;
    const crowds = this.#parts.limits.acknowledge === 'complete' && this.count > (this.#parts.crowding?.() ?? Infinity);
    const before = this.condition;
    this.#slow = slow || crowds;
    if (this.#dropped > 0 && now - this.#droppedAt >= CALM_MILLIS) {
      this.#parts.dropping(this.#dropped, true);
      this.#dropped = 0;
    }
    if (before || this.condition) this.#parts.changed();
  }

  #giveUp(now: number): void {
    const { completeMillis } = this.#parts.limits;
    if (completeMillis === 0) return;
    let count = 0;
    for (const entry of this.#entries) {
      if (now - entry.since < completeMillis) break;
      count += 1;
      if (entry.followed) this.#follower.forget(entry.followed);
      this.#settled(entry, 'failed');
    }
    if (count > 0) this.#parts.overdue(count);
  }

  /** A node that was stopped with it may still finish it, but not for long. */
  #findStranded(now: number): void {
    const { startedAt } = this.#parts.handOver;
    if (startedAt === this.#lookedAfter || now - startedAt < STRANDED_MILLIS) return;
    this.#lookedAfter = startedAt;
    for (const entry of this.#entries) {
      if (entry.since > startedAt) break;
      if (!entry.followed || !this.#follower.isStranded(entry.followed)) continue;
      this.#follower.forget(entry.followed);
      this.#entries.delete(entry);
      this.#interrupt(entry);
    }
    this.#goOn();
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#follower.close();
    this.#parts.closed?.();
  }
}
