/** What the editor calls nodes and profiles, which have a label even without a name. */
import type { LiveRow } from '../../runtime/live/live-message.js';
import { counted } from '../texts.mjs';

/** Undefined when the editor doesn't know it: a node within an instance of a subflow exists at run time only. */
export function labelInEditor(id: string): string | undefined {
  const node = RED.nodes.node(id);
  const label: unknown = node ? RED.utils.getNodeLabel(node) : undefined;
  return typeof label === 'string' && label !== '' ? label : undefined;
}

/** All profiles that share a connection, one a line. */
export function profilesOf({ profiles, moreProfiles = 0 }: Pick<LiveRow, 'profiles' | 'moreProfiles'>): string {
  const lines = profiles.map(({ id, name }) => name ?? labelInEditor(id) ?? id);
  return [...lines, ...(moreProfiles > 0 ? [counted('details.leftOut', moreProfiles)] : [])].join('\n');
}

/** The labels of the nodes in the editor that use each profile, by its id; those of EdgeX also by the profile of the bus. */
export function labelsByProfile(): ReadonlyMap<string, readonly string[]> {
  const labels = new Map<string, string[]>();
  RED.nodes.eachNode(({ id, profile }) => {
    if (typeof profile !== 'string' || profile === '') return;
    const label = labelInEditor(id);
    if (label === undefined) return;
    const below = RED.nodes.node(profile);
    for (const user of [profile, below?.['mqttProfile'], below?.['redisProfile']]) {
      if (typeof user !== 'string') continue;
      const known = labels.get(user);
      if (known) known.push(label);
      else labels.set(user, [label]);
    }
  });
  return labels;
}
