/** A plan in numbers and reasons, as the dialog shows it. */
import type { FlowNode, Remark } from './flow-json.mjs';
import { remark, textOf } from './flow-json.mjs';
import type { Plan } from './plan.mjs';

/** So many nodes of one type that become so many of another. */
export interface Becoming {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Fewer than `count` when equal ones become one profile. */
  readonly into: number;
}

/** Something that is true of these nodes. */
export interface Said {
  readonly remark: Remark;
  readonly nodes: readonly FlowNode[];
}

export interface Summary {
  readonly becoming: readonly Becoming[];
  /** How many nodes of each flow move, by its id. */
  readonly flows: ReadonlyMap<string, number>;
  /** Configuration nodes that stay beside their profile. */
  readonly beside: readonly FlowNode[];
  readonly staying: readonly Said[];
  readonly toKnow: readonly Said[];
  /** What sharing makes different for what moves, whatever its settings, by the last part of its key. */
  readonly different: readonly string[];
}

export function summarise(plan: Plan): Summary {
  const becoming = new Map<string, Becoming>();
  const count = (from: string, to: string, into: number) => {
    const key = JSON.stringify([from, to]);
    const known = becoming.get(key) ?? { count: 0, into: 0 };
    becoming.set(key, { from, to, count: known.count + 1, into: known.into + into });
  };
  const flows = new Map<string, number>();
  for (const { node, to } of plan.nodes) {
    count(node.type, to.type, 1);
    if (node.z !== undefined) flows.set(node.z, (flows.get(node.z) ?? 0) + 1);
  }
  for (const { config, to, replaces } of plan.profiles) {
    count(config.type, to.type, 1);
    for (const { type } of replaces) count(type, to.type, 0);
  }
  return {
    becoming: [...becoming.values()],
    flows,
    beside: plan.profiles.filter(({ isBeside }) => isBeside).map(({ config }) => config),
    staying: group(plan.staying.flatMap(({ node, reasons }) => reasons.map((one) => [one, node] as const))),
    toKnow: group([
      ...plan.profiles
        .filter((one) => one.losesCredentials)
        .map(({ config }) => [remark('credentialsLost'), config] as const),
      ...plan.profiles.flatMap(({ config, to }) => to.remarks.map((one) => [one, config] as const)),
      ...plan.nodes.flatMap(({ node, to }) => to.remarks.map((one) => [one, node] as const)),
      // Moved although something has no counterpart: then it is to be known, too.
      ...plan.profiles.flatMap(({ config, to }) => to.obstacles.map((one) => [one, config] as const)),
      ...plan.nodes.flatMap(({ node, to }) => to.obstacles.map((one) => [one, node] as const)),
    ]),
    different: differences(plan),
  };
}

function differences({ nodes, profiles }: Plan): string[] {
  const types = new Set(nodes.map(({ to }) => to.type));
  const hasLifecycle = profiles.some(({ to }) =>
    ['birthTopic', 'closeTopic', 'willTopic'].some((name) => textOf(to.properties[name]) !== ''),
  );
  const sends = ['pool-redis-sink', 'pool-redis-command', 'pool-redis-script'].some((type) => types.has(type));
  const all: readonly (readonly [string, boolean])[] = [
    ['queue', types.has('pool-mqtt-sink')],
    ['retained', types.has('pool-mqtt-source')],
    ['lifecycle', hasLifecycle],
    ['redisErrors', sends],
    ['redisValues', sends],
    ['redisEmpty', types.has('pool-redis-sink')],
    ['redisSource', types.has('pool-redis-source')],
  ];
  return all.filter(([, applies]) => applies).map(([name]) => name);
}

/** The same remark once, with all nodes it is made of. */
function group(said: readonly (readonly [Remark, FlowNode])[]): Said[] {
  const groups = new Map<string, { remark: Remark; nodes: FlowNode[] }>();
  for (const [one, node] of said) {
    const key = JSON.stringify([one.code, one.values]);
    const known = groups.get(key) ?? { remark: one, nodes: [] };
    groups.set(key, known);
    if (!known.nodes.includes(node)) known.nodes.push(node);
  }
  return [...groups.values()];
}
