/** Random scenarios of the Redis oracle: what nodes and an outsider do, one settled step after the other. */
import type { SubscribeRequest } from '../../src/drivers/redis/subscribing';
import type { Random } from './random';

/** A node and what it subscribes to. Names are relative to the prefix of a world. */
export interface RedisNodePlan {
  readonly id: number;
  readonly requests: readonly SubscribeRequest[];
}

export interface RedisPublication {
  readonly command: 'PUBLISH' | 'SPUBLISH';
  readonly channel: string;
  /** Unique in its scenario. */
  readonly payload: string;
}

export type RedisStep =
  /** Nodes come, all in one turn. */
  | { readonly kind: 'attach'; readonly nodes: readonly RedisNodePlan[] }
  | { readonly kind: 'detach'; readonly id: number }
  /** A node subscribes to one more, or ends one of its subscriptions. */
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly id: number; readonly request: SubscribeRequest }
  /** Nodes are stopped and started again, as a deploy does. */
  | { readonly kind: 'redeploy'; readonly ids: readonly number[] }
  /** A node, or an outsider, publishes a burst. */
  | { readonly kind: 'publish'; readonly by: number | 'outsider'; readonly messages: readonly RedisPublication[] }
  /** The outsider publishes while nodes are stopped and started: only what the others see can be compared. */
  | { readonly kind: 'busy'; readonly ids: readonly number[]; readonly messages: readonly RedisPublication[] }
  /** Every connection breaks; the outsider publishes meanwhile. */
  | { readonly kind: 'outage'; readonly messages: readonly RedisPublication[] };

const CHANNELS = ['a', 'b', 'a/b', 'a/c', 'b/b', '*'];
const PATTERNS = ['*', 'a*', '[ab]', '?/b', 'a/[^b]', '\\*', '*b'];
const NODES = 6;

/** Makes a scenario of 10 to 16 steps. */
export function newRedisScenario(random: Random): RedisStep[] {
  const attached = new Map<number, SubscribeRequest[]>();
  const steps: RedisStep[] = [];
  const count = random.int(10, 16);
  while (steps.length < count) {
    const step = nextStep(random, steps.length, attached);
    if (step) steps.push(step);
  }
  return steps;
}

function nextStep(random: Random, number: number, attached: Map<number, SubscribeRequest[]>): RedisStep | undefined {
  const present = [...attached.keys()];
  const dice = random.next();
  if (present.length === 0 || dice < 0.2) return attach(random, attached);
  const id = random.pick(present);
  if (dice < 0.26) {
    attached.delete(id);
    return { kind: 'detach', id };
  }
  if (dice < 0.42) return changeOfMind(random, id, attached.get(id) ?? []);
  const some = random.chance(0.3) ? present : [id];
  if (dice < 0.5) return { kind: 'redeploy', ids: some };
  const messages = burst(random, number);
  if (dice < 0.57) return { kind: 'busy', ids: some, messages };
  if (dice < 0.65) return { kind: 'outage', messages };
  return { kind: 'publish', by: random.pick([...present, 'outsider']), messages };
}

function attach(random: Random, attached: Map<number, SubscribeRequest[]>): RedisStep | undefined {
  const free = Array.from({ length: NODES }, (_unused, id) => id).filter((id) => !attached.has(id));
  const nodes = free.slice(0, random.int(1, 3)).map((id) => {
    // Sharded channels keep to themselves: ioredis takes a private client for unsubscribed too early otherwise.
    const isSharded = random.chance(0.25);
    const requests: SubscribeRequest[] = [];
    for (let tries = random.int(1, 4); tries > 0; tries -= 1) addIfNew(requests, newRequest(random, isSharded));
    attached.set(id, requests);
    return { id, requests: [...requests] };
  });
  return nodes.length === 0 ? undefined : { kind: 'attach', nodes };
}

function changeOfMind(random: Random, id: number, requests: SubscribeRequest[]): RedisStep | undefined {
  if (random.chance(0.5)) {
    const request = newRequest(random, requests[0]?.kind === 'sharded');
    return addIfNew(requests, request) ? { kind: 'subscribe', id, request } : undefined;
  }
  // One stays, so that it is known what sort of node this is.
  if (requests.length < 2) return undefined;
  const [request] = requests.splice(random.int(0, requests.length - 1), 1);
  return request && { kind: 'unsubscribe', id, request };
}

/** Several publications in a row; sharded channels share their names with the others but nothing else. */
function burst(random: Random, step: number): RedisPublication[] {
  return Array.from({ length: random.int(1, 5) }, (_unused, index) => ({
    command: random.chance(0.25) ? 'SPUBLISH' : 'PUBLISH',
    channel: random.pick(CHANNELS),
    payload: `${step}.${index}`,
  }));
}

function newRequest(random: Random, isSharded: boolean): SubscribeRequest {
  if (isSharded) return { kind: 'sharded', name: random.pick(CHANNELS) };
  return random.chance(0.5)
    ? { kind: 'channel', name: random.pick(CHANNELS) }
    : { kind: 'pattern', name: random.pick(PATTERNS) };
}

function addIfNew(requests: SubscribeRequest[], request: SubscribeRequest): boolean {
  if (requests.some(({ kind, name }) => kind === request.kind && name === request.name)) return false;
  requests.push(request);
  return true;
}
