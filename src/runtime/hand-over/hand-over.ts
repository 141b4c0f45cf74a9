/**
 * What flow nodes leave behind when they are closed, until they come back: in a deploy within milliseconds, after an undo
 * or a tab enabled again within the linger of their connection. Whoever comes back takes over lease, session and all that
 * is under way; nobody at the other end notices. Who doesn't is ended as if it had been closed just then.
 */
import type { Node } from 'node-red';
import type { Shutdown } from '../shutdown';
import { stableKey } from './stable-key';

/** What a closed node leaves: the object that was behind it, so that its successor can ask whether it is its own kind. */
export interface Legacy {
  /** Nobody came back, and there is no connection (any more): what still waits is given up. */
  end(): void;
}

/** A hold on a connection whose node was closed. */
export interface ParkedHold {
  readonly node: Node;
  /** The id of the profile the node was using. */
  readonly profile: string;
  /** The key of the connection; undefined if there is none (any more). */
  readonly key: string | undefined;
  readonly legacy: Legacy;
  /** The node was deleted or disabled. */
  readonly removed: boolean;
  /** How long it may wait once the flows have started. */
  readonly lingerMillis: number;
  /** Gives the connection back, because another one takes over; what waits stays with the legacy. */
  vacate(keep?: boolean): Promise<void>;
  /** Gives the connection back for good. */
  end(): Promise<void>;
}

/** How long a hold waits for a deploy that doesn't get as far as starting nodes (a type or a module is missing). */
const STUCK_DEPLOY_MILLIS = 60_000;

interface Parked {
  readonly hold: ParkedHold;
  timer: NodeJS.Timeout | undefined;
  /** Waits for the end of the deploy before its linger begins. */
  deploying: boolean;
}

const registries = new WeakMap<Shutdown, HandOver>();

/** The one registry of a runtime. */
export function handOverOf(shutdown: Shutdown): HandOver {
  const existing = registries.get(shutdown);
  if (existing) return existing;
  const registry = new HandOver(shutdown);
  registries.set(shutdown, registry);
  return registry;
}

export class HandOver {
  readonly #shutdown: Shutdown;
  readonly #parked = new Map<string, Parked>();
  readonly #ending = new Set<Promise<void>>();
  #onStarted: (() => void)[] = [];
  #closing = false;
  #startedAt = 0;
  #profiles = 0;

  constructor(shutdown: Shutdown) {
    this.#shutdown = shutdown;
    shutdown.watch({ stopping: () => this.#stopping(), started: () => this.#started() });
  }

  /** Whether there are profiles, and so nodes that may use them. */
  get inUse(): boolean {
    return this.#profiles > 0;
  }

  /** A profile node is there; returns the function to be called when it is closed. */
  enter(): () => void {
    this.#profiles += 1;
    return () => {
      this.#profiles -= 1;
    };
  }

  /** Nodes are being made: what a source is wired to may not be there yet. */
  get starting(): boolean {
    return this.#shutdown.starting;
  }

  /** Nodes are being closed in this turn of the event loop: some are done with what they have by dropping it. */
  get closing(): boolean {
    return this.#closing;
  }

  /** When the last start or deploy ended, in milliseconds since the epoch; 0 before. */
  get startedAt(): number {
    return this.#startedAt;
  }

  /** The flows are being stopped for good. */
  get shuttingDown(): boolean {
    return this.#shutdown.underWay;
  }

  /** Calls back once, when all nodes of the start or deploy under way have been made. */
  onceStarted(callback: () => void): void {
    this.#onStarted.push(callback);
  }

  /** Settles when all nodes of the start or deploy under way have been made; at once if there is none. */
  async untilStarted(): Promise<void> {
    if (this.starting) await new Promise<void>((resolve) => this.onceStarted(resolve));
  }

  /** Whether there is any hope that a node closed now, with such a linger, comes back. */
  mayComeBack(lingerMillis: number): boolean {
    return !this.#shutdown.underWay && (this.#shutdown.deploying || lingerMillis > 0);
  }

  park(hold: ParkedHold): void {
    const name = nameOf(hold.node);
    // Two of one name: a deploy came while another was still starting nodes.
    const former = this.#parked.get(name);
    if (former) this.#end(name, former);
    const parked: Parked = { hold, timer: undefined, deploying: this.#shutdown.deploying };
    this.#parked.set(name, parked);
    this.#wait(name, parked, parked.deploying ? STUCK_DEPLOY_MILLIS : hold.lingerMillis);
  }

  /** What the node's predecessor left, if it left anything; it is the caller's from now on. */
  take(node: Node): ParkedHold | undefined {
    const name = nameOf(node);
    const parked = this.#parked.get(name);
    if (!parked) return undefined;
    this.#parked.delete(name);
    clearTimeout(parked.timer);
    return parked.hold;
  }

  /** Gives connections back whose nodes have not come back yet; what waits stays with their legacies. */
  vacate(which: (hold: ParkedHold) => boolean, keep?: boolean): Promise<void> {
    const holds = [...this.#parked.values()].map(({ hold }) => hold).filter(which);
    // What a removed node leaves at the server, nobody would end there if it doesn't come back.
    const vacated = holds.map((hold) => hold.vacate(hold.removed ? false : keep));
    return this.#watch(Promise.all(vacated).then(() => undefined));
  }

  /** Settles when all that was ended here is at its end. */
  async settled(): Promise<void> {
    await Promise.all(this.#ending);
  }

  #stopping(): void {
    this.#closing = true;
    // All nodes are closed in one go, and what they give up is heard of in the microtasks after it. Not longer: what
    // arrives with the next event, an acknowledgement say, is no fault of theirs.
    process.nextTick(() => queueMicrotask(() => queueMicrotask(() => (this.#closing = false))));
    if (this.#shutdown.underWay) this.#endAll();
  }

  #started(): void {
    this.#startedAt = Date.now();
    for (const callback of this.#onStarted.splice(0)) callback();
    for (const [name, parked] of this.#parked) {
      if (!parked.deploying) continue;
      parked.deploying = false;
      if (parked.hold.lingerMillis > 0) this.#wait(name, parked, parked.hold.lingerMillis);
      else this.#end(name, parked);
    }
  }

  #wait(name: string, parked: Parked, millis: number): void {
    clearTimeout(parked.timer);
    parked.timer = setTimeout(() => {
      // It may come back with the deploy that is under way.
      if (this.#shutdown.deploying && !parked.deploying) this.#waitForDeploy(name, parked);
      else this.#end(name, parked);
    }, millis);
    parked.timer.unref();
  }

  #waitForDeploy(name: string, parked: Parked): void {
    parked.deploying = true;
    this.#wait(name, parked, STUCK_DEPLOY_MILLIS);
  }

  #endAll(): void {
    for (const [name, parked] of [...this.#parked]) this.#end(name, parked);
  }

  #end(name: string, parked: Parked): void {
    clearTimeout(parked.timer);
    if (this.#parked.get(name) === parked) this.#parked.delete(name);
    void this.#watch(parked.hold.end());
  }

  async #watch(work: Promise<void>): Promise<void> {
    const settled = work.catch(() => undefined);
    this.#ending.add(settled);
    await settled;
    this.#ending.delete(settled);
  }
}

function nameOf(node: Node): string {
  return `${node.type} ${stableKey(node)}`;
}
