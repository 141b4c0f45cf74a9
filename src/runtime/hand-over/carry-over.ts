/**
 * Carries the messages that are within the flows over a deploy. A message on its way to a node that was just closed would be
 * dropped by the runtime, or handed to a node that has given everything up: it waits here for the node that comes in its
 * place. Nodes that were closed in the middle of something may send for a while yet: that goes to the new nodes at once.
 *
 * The hooks cost every message a little, so they are there only around a deploy.
 */
import { randomBytes } from 'node:crypto';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { followedMessages } from '../flow-completion/flow-follower';
import type { Shutdown } from '../shutdown';
import { handOverOf } from './hand-over';
import { t } from '../../core/wording';

/** Messages that wait for the end of a deploy, all flows together. */
const MAX_KEPT = 10_000;
/** How long closed nodes are listened to after a deploy. */
const LATE_MILLIS = 10_000;
/** How long a deploy may take that doesn't get as far as starting nodes (a type or a module is missing). */
const STUCK_DEPLOY_MILLIS = 60_000;

/** Nodes of the core that reach others past their wires: these may be gone just now. */
const REACHING: ReadonlySet<unknown> = new Set(['link call', 'link out']);

/** The parts of a flow and of its nodes that the types of Node-RED leave out. */
interface RuntimeFlow {
  getNode?(id: string): unknown;
}

interface RuntimeNode {
  readonly id: string;
  readonly type: string;
  readonly _flow?: RuntimeFlow;
  /** One input handler, or several; none when the node has closed. */
  readonly _inputCallback?: unknown;
  readonly _inputCallbacks?: unknown;
  receive(message: object): void;
}

interface SendEvent {
  readonly msg: NodeMessage;
  readonly source: { readonly node: object };
  readonly destination: { readonly id: string };
  readonly cloneMessage?: boolean;
}

interface ReceiveEvent {
  readonly msg: NodeMessage;
  readonly destination: { readonly node?: unknown };
}

interface Kept {
  readonly id: string;
  readonly message: NodeMessage;
}

type Runtime = Pick<NodeAPI, 'nodes' | 'log' | 'util'> & Partial<Pick<NodeAPI, 'hooks'>>;

const carried = new WeakSet<Shutdown>();

/** Begins with the next deploy; once per runtime, however often it is called. */
export function carryMessagesOver(RED: Runtime, shutdown: Shutdown): void {
  if (carried.has(shutdown) || !RED.hooks) return;
  carried.add(shutdown);
  const carryOver = new CarryOver(RED, RED.hooks);
  shutdown.watch({
    stopping: () => {
      if (shutdown.deploying && handOverOf(shutdown).inUse) carryOver.begin();
      else carryOver.stop();
    },
    started: () => carryOver.deliver(),
  });
}

class CarryOver {
  readonly #RED: Runtime;
  readonly #hooks: NodeAPI['hooks'];
  /** Unique, because another copy of this package may have hooks too. */
  readonly #label = `carry-over-${randomBytes(4).toString('hex')}`;
  #kept: Kept[] = [];
  #dropped = 0;
  #hooked = false;
  /** What comes is kept; if not, it goes on at once. */
  #keeping = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(RED: Runtime, hooks: NodeAPI['hooks']) {
    this.#RED = RED;
    this.#hooks = hooks;
  }

  /** The flows stop for a deploy. */
  begin(): void {
    this.#keeping = true;
    this.#stopAfter(STUCK_DEPLOY_MILLIS);
    if (this.#hooked) return;
    this.#hooked = true;
    // Each takes one parameter: hooks that take two are called back asynchronously.
    this.#hooks.add(`preRoute.${this.#label}`, (event: SendEvent) => this.#routed(event));
    this.#hooks.add(`onReceive.${this.#label}`, (event: ReceiveEvent) => this.#received(event));
  }

  /** All nodes are there. */
  deliver(): void {
    if (!this.#keeping) return;
    this.#keeping = false;
    const kept = this.#kept;
    this.#kept = [];
    for (const { id, message } of kept) if (this.#passOn(id, message) === undefined) this.#abandon(message);
    this.#stopAfter(LATE_MILLIS);
    if (this.#dropped > 0) this.#tellDropped();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#keeping = false;
    this.#dropped += this.#kept.length;
    for (const { message } of this.#kept) this.#abandon(message);
    this.#kept = [];
    if (this.#dropped > 0) this.#tellDropped();
    if (!this.#hooked) return;
    this.#hooked = false;
    this.#hooks.remove(`*.${this.#label}`);
  }

  /** A node sends. False ends it here; undefined lets it go its way. */
  #routed({ msg, source, destination, cloneMessage }: SendEvent): false | undefined {
    const flow = (source.node as Partial<RuntimeNode>)._flow;
    if (!flow?.getNode || isNode(flow.getNode(destination.id))) return undefined;
    const message = cloneMessage ? this.#RED.util.cloneMessage(msg) : msg;
    if (this.#keeping) followedMessages(this.#hooks)?.postponed({ msg: message, source });
    return this.#take(destination.id, message);
  }

  /** A node is about to receive. */
  #received({ msg, destination }: ReceiveEvent): false | undefined {
    const node = destination.node as Partial<RuntimeNode> | undefined;
    if (!node?._flow?.getNode || node.id === undefined) return undefined;
    const isThere = node._flow.getNode(node.id) === node && !(this.#keeping && REACHING.has(node.type));
    if (isThere) return undefined;
    const followed = followedMessages(this.#hooks);
    if (!followed?.isFollowed(msg)) return this.#take(node.id, msg);
    // Whose end is waited for is handled by the closed node as long as it can; what it sends is carried over.
    if (node._inputCallback ?? node._inputCallbacks) return undefined;
    followed.takenBack(msg);
    const taken = this.#take(node.id, msg);
    if (taken === undefined) followed.abandoned(msg);
    return taken;
  }

  #take(id: string, message: NodeMessage): false | undefined {
    if (!this.#keeping) return this.#passOn(id, message);
    if (this.#kept.length < MAX_KEPT) {
      this.#kept.push({ id, message });
    } else {
      this.#dropped += 1;
      this.#abandon(message);
    }
    return false;
  }

  /** A node that is no more gets nothing, as ever. */
  #passOn(id: string, message: NodeMessage): false | undefined {
    const node = this.#RED.nodes.getNode(id) as Node | null | undefined;
    if (!isNode(node)) return undefined;
    node.receive(message);
    return false;
  }

  #abandon(message: NodeMessage): void {
    followedMessages(this.#hooks)?.abandoned(message);
  }

  #stopAfter(millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), millis);
    this.#timer.unref();
  }

  #tellDropped(): void {
    const count = this.#dropped;
    this.#dropped = 0;
    this.#RED.log.warn(
      count === 1
        ? t`Connection pool: a message that was within the flows did not survive the deploy.`
        : t`Connection pool: ${count} messages that were within the flows did not survive the deploy.`,
    );
  }
}

/** During a start, the place of a subflow instance is taken by what is no node. */
function isNode(found: unknown): found is RuntimeNode {
  return typeof (found as Partial<RuntimeNode> | null | undefined)?.receive === 'function';
}
