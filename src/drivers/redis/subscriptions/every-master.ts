/**
 * Keyspace events of a cluster: unlike other messages, a node tells only of its own keys, so they are subscribed to at
 * every master, on a socket each. Masters that come and go are found out by asking the cluster now and then.
 */
import type { SubscriptionView } from '../../../core/views';
import { OwnSocket } from '../auxiliary-socket';
import type { ConnectionPart, ConnectionParts } from '../connection-part';
import type { RedisAddress, RedisProfile } from '../profile';
import { RedisLink } from '../redis-link';
import type { RedisReply } from '../session';
import type { RedisSubscription, SubscribeHandlers, SubscribeRequest } from '../subscribing';
import { ClusterSubscription } from './cluster-subscription';
import { Subscriptions } from './subscriptions';

/** How often the cluster is asked for its masters while they are of interest. */
const LOOK_MILLIS = 2000;

interface Master {
  readonly socket: OwnSocket;
  readonly subscriptions: Subscriptions;
}

/** Whether what matches this channel or pattern comes from one node alone. */
export function isKeyspaceRequest({ kind, name }: SubscribeRequest): boolean {
  return (kind === 'channel' || kind === 'pattern') && typeof name === 'string' && name.startsWith('__key');
}

export class EveryMaster implements ConnectionPart {
  readonly #parts: ConnectionParts;
  readonly #members = new Set<ClusterSubscription>();
  readonly #masters = new Map<string, Master>();
  #timer: NodeJS.Timeout | undefined;
  #up = false;
  #looking = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Open sockets, for the snapshot. */
  get sockets(): number {
    return [...this.#masters.values()].filter(({ socket }) => socket.link).length;
  }

  /** All names with what came for them from all masters. */
  views(): Iterable<SubscriptionView> {
    const together = new Map<string, SubscriptionView>();
    for (const { subscriptions } of this.#masters.values()) {
      for (const view of subscriptions.views()) {
        const name = `${view.kind} ${view.filter}`;
        const messages = view.messages + (together.get(name)?.messages ?? 0);
        together.set(name, { ...view, messages });
      }
    }
    return together.values();
  }

  add(request: SubscribeRequest, handlers: SubscribeHandlers): RedisSubscription {
    const member = new ClusterSubscription(request, handlers, {
      leave: (left) => {
        this.#members.delete(left);
        if (this.#members.size === 0) this.#plan(0);
      },
      warn: (error) => this.#parts.warn(error),
    });
    this.#members.add(member);
    if (this.#masters.size > 0) member.spread(this.#present());
    this.#plan(0);
    return member;
  }

  connected(): void {
    this.#up = true;
    for (const { socket } of this.#masters.values()) socket.connected();
    this.#plan(0);
  }

  lost(): void {
    this.#up = false;
    clearTimeout(this.#timer);
    for (const { socket } of this.#masters.values()) socket.suspend().catch(() => {});
  }

  async close(): Promise<void> {
    this.#up = false;
    clearTimeout(this.#timer);
    await Promise.all([...this.#masters.keys()].map((key) => this.#remove(key)));
  }

  #plan(millis: number): void {
    clearTimeout(this.#timer);
    if (!this.#up) return;
    this.#timer = setTimeout(() => void this.#look(), millis).unref();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const wanted = this.#members.size > 0;
      const slots = wanted ? await this.#parts.run('CLUSTER', 'SLOTS') : [];
      const addresses = mastersOf(slots, this.#parts.profile);
      if (this.#up) this.#adopt(addresses);
    } catch {
      // There is no connection, or the cluster is at odds with itself: asked again later.
    } finally {
      this.#looking = false;
      if (this.#members.size > 0) this.#plan(LOOK_MILLIS);
    }
  }

  #adopt(found: ReadonlyMap<string, RedisAddress>): void {
    for (const [key, address] of found) if (!this.#masters.has(key)) this.#masters.set(key, this.#newMaster(address));
    const gone = [...this.#masters.keys()].filter((key) => !found.has(key));
    const staying = [...this.#masters].filter(([key]) => found.has(key)).map(([, { subscriptions }]) => subscriptions);
    for (const member of this.#members) member.spread(staying);
    for (const key of gone) this.#remove(key).catch(() => {});
  }

  #newMaster({ host, port }: RedisAddress): Master {
    const profile: RedisProfile = { ...this.#parts.profile, endpoint: { kind: 'standalone', host, port } };
    const warn = (error: Parameters<ConnectionParts['warn']>[0]) => this.#parts.warn(error);
    const socket = new OwnSocket((signal, lost) => RedisLink.connect(profile, signal, lost), warn);
    const { counters } = this.#parts;
    const subscriptions = new Subscriptions({ counters, warn, sockets: { events: socket } });
    socket.connected();
    return { socket, subscriptions };
  }

  async #remove(key: string): Promise<void> {
    const master = this.#masters.get(key);
    this.#masters.delete(key);
    await master?.subscriptions.close();
    await master?.socket.close();
  }

  #present(): Subscriptions[] {
    return [...this.#masters.values()].map(({ subscriptions }) => subscriptions);
  }
}

/** The masters that serve slots, from a reply to CLUSTER SLOTS: start, end, master, replicas. */
function mastersOf(reply: RedisReply, { endpoint }: RedisProfile): Map<string, RedisAddress> {
  const result = new Map<string, RedisAddress>();
  for (const range of Array.isArray(reply) ? reply : []) {
    const master = Array.isArray(range) ? range[2] : undefined;
    if (!Array.isArray(master)) continue;
    // A node that does not know its name is where the cluster was found.
    const known = String(master[0] ?? '');
    const host = known || (endpoint.kind === 'cluster' ? (endpoint.nodes[0]?.host ?? '') : '');
    const port = Number(master[1]);
    result.set(`${host}:${port}`, { host, port });
  }
  return result;
}
