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
