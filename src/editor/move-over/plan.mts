/**
 * What would become of a flow: a pure function from flow JSON to a plan, which the dialog shows and `swap.mts` carries
 * out. Only nodes that move completely move; a configuration node that others still use stays beside its profile.
 */
import type { Family } from './families.mjs';
import { type Conversion, type FlowNode, isVariable, type Remark, remark, textOf } from './flow-json.mjs';
import { mergeEqual } from './merge-equal.mjs';
import { usersOf } from './config-users.mjs';

export interface MoveOptions {
  /** The nodes wanted; undefined for all. */
  readonly scope?: ReadonlySet<string> | undefined;
  /** Also nodes with something that has no counterpart. */
  readonly includePartial?: boolean;
  /** Profiles with equal settings become one. */
  readonly merge?: boolean;
  /** Flows that can't be changed. */
  readonly locked?: ReadonlySet<string>;
  /** Configuration nodes with credentials, or of which that is unknown. */
  readonly withCredentials?: ReadonlySet<string>;
  /** Whether credentials can be taken over to another id. */
  readonly copiesCredentials?: boolean;
  /** Whether the credentials of two configuration nodes are known to be the same. */
  readonly sameCredentials?: (one: string, other: string) => boolean;
  readonly newId: () => string;
}

export interface PlannedNode {
  readonly node: FlowNode;
  readonly to: Conversion;
  /** The id of its profile. */
  readonly profile: string;
}

export interface PlannedProfile {
  readonly config: FlowNode;
  readonly to: Conversion;
  /** That of the configuration node, unless that stays. */
  readonly id: string;
  /** The configuration node stays beside it, because others use it. */
  readonly isBeside: boolean;
  /** The node has credentials that can't go to another id. */
  readonly losesCredentials: boolean;
  /** Configuration nodes with equal settings that go, too. */
  readonly replaces: readonly FlowNode[];
}

/** A node that stays as it is. */
export interface StayingNode {
  readonly node: FlowNode;
  readonly reasons: readonly Remark[];
  /** Whether the user may have it moved all the same. */
  readonly mayMove: boolean;
}

export interface Plan {
  readonly nodes: readonly PlannedNode[];
  readonly profiles: readonly PlannedProfile[];
  readonly staying: readonly StayingNode[];
  /** How many configuration nodes would go, or have gone, by making equal ones one profile. */
  readonly duplicates: number;
}

interface Candidate {
  readonly node: FlowNode;
  readonly config: FlowNode;
  readonly to: Conversion;
  readonly obstacles: readonly Remark[];
}

export function planMove(flow: readonly FlowNode[], family: Family, options: MoveOptions): Plan {
  const { scope, includePartial = false, locked = new Set(), withCredentials = new Set() } = options;
  const byId = new Map(flow.map((node) => [node.id, node]));
  const staying: StayingNode[] = [];
  const stay = (node: FlowNode, reasons: readonly Remark[], mayMove = false) =>
    staying.push({ node, reasons, mayMove });
  const profiles = new Map<string, ReturnType<Family['toProfile']>>();
  const toProfile = (config: FlowNode) => {
    const known = profiles.get(config.id) ?? family.toProfile(config, (id) => byId.has(id));
    profiles.set(config.id, known);
    return known;
  };

  const candidates: Candidate[] = [];
  for (const node of flow) {
    const convert = Object.hasOwn(family.toNode, node.type) ? family.toNode[node.type] : undefined;
    if (!convert || (scope && !scope.has(node.id))) continue;
    const reference = node[family.configProperty];
    const config = byId.get(textOf(reference));
    const to = convert(node);
    if (node.z !== undefined && locked.has(node.z)) stay(node, [remark('locked')]);
    else if ('impossible' in to) stay(node, [to.impossible]);
    else if (isVariable(reference)) stay(node, [remark('configInVariable')]);
    else if (config?.type !== family.configType) stay(node, [remark('noConfig')]);
    else if (config.z !== undefined && locked.has(config.z)) stay(node, [remark('configLocked')]);
    else {
      const profile = toProfile(config);
      if ('impossible' in profile) stay(node, [profile.impossible]);
      else candidates.push({ node, config, to, obstacles: [...profile.obstacles, ...to.obstacles] });
    }
  }

  const chosen = candidates.filter(({ obstacles }) => includePartial || obstacles.length === 0);
  for (const { node, obstacles } of candidates)
    if (!includePartial && obstacles.length > 0) stay(node, obstacles, true);

  // Who else uses the configuration nodes is known only now.
  const users = usersOf(flow, family.configType);
  const moving = new Set(chosen.map(({ node }) => node.id));
  const isBeside = (config: FlowNode) => [...(users.get(config.id) ?? [])].some((id) => !moving.has(id));
  const beside = new Set(chosen.map(({ config }) => config).filter(isBeside));
  // Two connections with one client id would throw each other out.
  const fights = (config: FlowNode) =>
    family.name === 'mqtt' && beside.has(config) && textOf(config['clientid']) !== '';
  const moved = chosen.filter(({ config }) => includePartial || !fights(config));
  for (const { node, config } of chosen)
    if (!includePartial && fights(config)) stay(node, [remark('clientIdTwice')], true);

  const planned = [...new Set(moved.map(({ config }) => config))].flatMap((config): PlannedProfile[] => {
    const to = toProfile(config);
    if ('impossible' in to) return [];
    // What the configuration node has in plain text, it keeps.
    const said = to.remarks.map((one) =>
      one.code === 'passwordHidden' && beside.has(config) ? remark('passwordStays') : one,
    );
    const remarks = fights(config) ? [...said, remark('clientIdTwice')] : said;
    return [
      {
        config,
        to: { ...to, remarks },
        id: beside.has(config) ? options.newId() : config.id,
        isBeside: beside.has(config),
        losesCredentials: beside.has(config) && withCredentials.has(config.id) && !options.copiesCredentials,
        replaces: [],
      },
    ];
  });
  const same = (one: string, other: string) =>
    (!withCredentials.has(one) && !withCredentials.has(other)) || options.sameCredentials?.(one, other) === true;
  const merged = mergeEqual(planned, same);
  const kept = options.merge ? merged.profiles : planned;
  const profileOf = new Map(
    kept.flatMap(({ id, config, replaces }) => [config, ...replaces].map((one) => [one.id, id])),
  );
  return {
    nodes: moved.map(({ node, config, to }) => ({ node, to, profile: profileOf.get(config.id) ?? config.id })),
    profiles: kept,
    staying,
    duplicates: planned.length - merged.profiles.length,
  };
}
