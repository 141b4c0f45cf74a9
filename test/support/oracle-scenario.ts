/** Random scenarios of the oracle: what nodes and an outsider do, one settled step after the other. */
import type { Random } from './random';
import { overlapPartially } from './topic-matching';

type Qos = 0 | 1 | 2;

/** What one node subscribes to. Filters and topics are relative to the prefix of a world. */
export interface NodePlan {
  readonly id: number;
  readonly filter: string;
  readonly qos: Qos;
  readonly retainAsPublished: boolean;
  readonly retainHandling: 0 | 1 | 2;
}

export interface PlannedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly qos: Qos;
  readonly retain: boolean;
}

export type Step =
  /** Nodes come, all in one turn. */
  | { readonly kind: 'attach'; readonly nodes: readonly NodePlan[] }
  /** A node ends its subscription and stays, or leaves altogether. */
  | { readonly kind: 'detach'; readonly id: number; readonly how: 'unsubscribe' | 'leave' }
  /** Nodes are stopped and started again, as a deploy does. */
  | { readonly kind: 'redeploy'; readonly ids: readonly number[] }
  /** A node, or an outsider, publishes a burst. */
  | { readonly kind: 'publish'; readonly by: number | 'outsider'; readonly messages: readonly PlannedMessage[] }
  /** Every connection breaks; an outsider publishes meanwhile. */
  | { readonly kind: 'outage'; readonly messages: readonly PlannedMessage[] };

export interface ScenarioLimits {
  /**
   * Filters that overlap without one covering the other are left out. On 3.1.1 a broker that sends a copy per
   * subscription does not say which subscription a copy is for, so nobody can tell the second copy of one
   * publication from another one with the same content.
   */
  readonly noPartialOverlaps: boolean;
}

const TOPICS = ['', '/a', '/b', '/a/a', '/a/b', '/b/a', '/a//b', '/a/b/a', '/a/b/b'];
const NODES = 5;

/** Makes a scenario of 8 to 14 steps. */
export function newScenario(random: Random, limits: ScenarioLimits): Step[] {
  const attached = new Map<number, NodePlan>();
  const filters = filterChoices(random, limits);
  const steps: Step[] = [
    { kind: 'publish', by: 'outsider', messages: burst(random, 0).map((message) => ({ ...message, retain: true })) },
  ];
  const count = random.int(8, 14);
  while (steps.length < count) {
    const step = nextStep(random, steps.length, attached, filters);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

function nextStep(
  random: Random,
  number: number,
  attached: Map<number, NodePlan>,
  filters: readonly string[],
): Step | undefined {
  const present = [...attached.keys()];
  const dice = random.next();
  if (present.length === 0 || dice < 0.3) {
    const free = Array.from({ length: NODES }, (_unused, id) => id).filter((id) => !attached.has(id));
    const nodes = free.slice(0, random.int(1, 3)).map((id) => newPlan(random, id, filters));
    for (const node of nodes) attached.set(node.id, node);
    return nodes.length === 0 ? undefined : { kind: 'attach', nodes };
  }
  if (dice < 0.4) {
    const id = random.pick(present);
    attached.delete(id);
    return { kind: 'detach', id, how: random.pick(['unsubscribe', 'leave']) };
  }
  if (dice < 0.5) return { kind: 'redeploy', ids: random.chance(0.3) ? present : [random.pick(present)] };
  if (dice < 0.58) return { kind: 'outage', messages: burst(random, number) };
  return { kind: 'publish', by: random.pick([...present, 'outsider']), messages: burst(random, number) };
}

/** Several messages of one QoS: MQTT promises an order only among messages of equal QoS (MQTT 5.0, 4.6). */
function burst(random: Random, step: number): PlannedMessage[] {
  const qos = random.pick<Qos>([0, 1, 2]);
  return Array.from({ length: random.int(1, 4) }, (_unused, index) => {
    const retain = random.chance(0.35);
    const payload = retain && random.chance(0.25) ? '' : `${step}.${index}`;
    return { topic: random.pick(TOPICS), payload, qos, retain };
  });
}

function newPlan(random: Random, id: number, filters: readonly string[]): NodePlan {
  return {
    id,
    filter: random.pick(filters),
    qos: random.pick<Qos>([0, 1, 2]),
    retainAsPublished: random.chance(0.5),
    retainHandling: random.pick<0 | 1 | 2>([0, 0, 1, 2]),
  };
}

function filterChoices(random: Random, limits: ScenarioLimits): string[] {
  const chosen: string[] = [];
  for (let tries = 0; tries < 40 && chosen.length < 4; tries += 1) {
    const filter = newFilter(random);
    if (limits.noPartialOverlaps && chosen.some((other) => overlapPartially(filter, other))) continue;
    chosen.push(filter);
  }
  return chosen;
}

function newFilter(random: Random): string {
  const levels = random
    .pick(TOPICS)
    .split('/')
    .map((level, index) => (index > 0 && random.chance(0.35) ? '+' : level));
  if (random.chance(0.35)) levels.splice(random.int(1, levels.length), levels.length, '#');
  return levels.join('/');
}
