/** The nodes that subscribe over MQTT, by the connection they share, as far as the editor and the runtime know it. */
import type { EditorNode } from '../red.d.mts';

/** A node and its filter. */
export interface Source {
  readonly node: EditorNode;
  readonly filter: string;
  /** The MQTT profile; of an EdgeX node, that of its bus. */
  readonly profile: string;
}

/** What is known of a connection that is open. */
export interface LiveConnection {
  readonly profiles: readonly string[];
  /** Of MQTT. */
  readonly version: number | undefined;
  /** Whether it can; undefined while it isn't connected. */
  readonly separates: boolean | undefined;
}

/** How the editor finds nodes. */
export interface Flows {
  all(): Iterable<EditorNode>;
  find(id: string): EditorNode | undefined;
}

/** What a node subscribes to; undefined for one that doesn't, is disabled, or shares with nobody. */
export function sourceOf(node: EditorNode, flows: Flows): Source | undefined {
  if (node['d'] === true || flows.find(String(node.z))?.['disabled'] === true || node['dedicated'] === true) {
    return undefined;
  }
  const topic = textOf(node['topic']);
  if (node.type === 'pool-mqtt-source') {
    const isDynamic = Number(node['inputs']) === 1;
    return isDynamic || topic === '' ? undefined : { node, filter: topic, profile: textOf(node['profile']) };
  }
  if (node.type !== 'pool-edgex-source') return undefined;
  const edgex = flows.find(textOf(node['profile']));
  if (!edgex || edgex['bus'] === 'redis') return undefined;
  const base = textOf(edgex['base']).replaceAll(/^\/+|\/+$/g, '') || 'edgex';
  const given = topic || 'events/device/#';
  const filter = node['completeTopic'] === true ? given : `${base}/${given.replace(/^\/+/, '')}`;
  return { node, filter, profile: textOf(edgex['mqttProfile']) };
}

/**
 * The sources of each connection that can't keep overlapping filters apart: because its profile says MQTT 3.1 or 3.1.1, or
 * because that is what came of it. What nobody can know before it is connected is left out: the runtime says it then.
 */
export function doubtful(flows: Flows, live: readonly LiveConnection[]): Source[][] {
  const groups = new Map<string, Source[]>();
  for (const node of flows.all()) {
    const source = sourceOf(node, flows);
    if (!source || mayKeepApart(source.profile, flows, live)) continue;
    const key = connectionOf(source.profile, live);
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  return [...groups.values()];
}

function mayKeepApart(profile: string, flows: Flows, live: readonly LiveConnection[]): boolean {
  const node = flows.find(profile);
  if (!node) return true;
  const isNamed = textOf(node['named']) !== '';
  const version = Number(node['protocolVersion']);
  if (!isNamed && (version === 3 || version === 4)) return false;
  // A profile that was changed to MQTT 5 may still have its old connection.
  const counts = (one: LiveConnection) => isNamed || version !== 5 || one.version === 5;
  return !live.some((one) => one.profiles.includes(profile) && one.separates === false && counts(one));
}

/** Profiles of equal settings have one. */
function connectionOf(profile: string, live: readonly LiveConnection[]): string {
  const found = live.find(({ profiles }) => profiles.includes(profile));
  return found?.profiles.toSorted()[0] ?? profile;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
