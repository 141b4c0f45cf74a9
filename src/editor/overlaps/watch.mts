/**
 * Tells at a deploy, and while a filter is typed, of filters whose messages may arrive twice. Told once at deploys: again
 * only when something about it has changed.
 */
import { element } from '../dom.mjs';
import type { EditorNode } from '../red.d.mts';
import { ask } from '../sidebar/api.mjs';
import { counted, text } from '../texts.mjs';
import { inseparable } from './filters.mjs';
import { doubtful, type Flows, type LiveConnection, type Source, sourceOf } from './sources.mjs';

const MOST_SHOWN = 5;

/** A source whose messages may arrive twice, and whose filters theirs overlap with. */
interface Doubt {
  readonly source: Source;
  readonly others: readonly Source[];
}

const flows: Flows = {
  all: () => {
    const nodes: EditorNode[] = [];
    RED.nodes.eachNode((node) => nodes.push(node));
    return nodes;
  },
  find: (id) => RED.nodes.node(id) ?? RED.nodes.workspace(id) ?? undefined,
};

export function watchOverlaps(): void {
  let told = '';
  RED.events.on('deploy', () => {
    void liveConnections().then((live) => {
      const doubts = doubtsOf(doubtful(flows, live));
      const now = JSON.stringify(
        doubts.map(({ source, others }) => [source.node.id, others.map(({ filter }) => filter)]),
      );
      if (now !== told && doubts.length > 0) tell(doubts);
      told = now;
    });
  });
  window.edgepoolOverlaps = overlapsOfEdited;
}

/** What the dialog of a source says of its filter as it is typed; empty if there is nothing to say. */
async function overlapsOfEdited(edited: EditorNode): Promise<string> {
  const live = await liveConnections();
  const others = [...flows.all()].filter(({ id }) => id !== edited.id);
  const groups = doubtful({ ...flows, all: () => [...others, edited] }, live);
  const doubt = doubtsOf(groups).find(({ source }) => source.node.id === edited.id);
  if (!doubt || !sourceOf(edited, flows)) return '';
  return `${text('overlaps.pair', { filter: doubt.source.filter, others: listed(doubt.others) })} ${text('overlaps.why')}`;
}

function doubtsOf(groups: readonly (readonly Source[])[]): Doubt[] {
  return groups.flatMap((sources) => {
    const found = inseparable(sources.map(({ filter }) => filter));
    return sources.flatMap((source) => {
      const filters = found.get(source.filter) ?? [];
      const others = sources.filter(({ filter }) => filters.includes(filter));
      return others.length > 0 ? [{ source, others }] : [];
    });
  });
}

function tell(doubts: readonly Doubt[]): void {
  const lines = doubts.slice(0, MOST_SHOWN).map(({ source, others }) => {
    const link = element('a', {
      text: nameOf(source.node),
      attributes: { href: '#', style: 'text-decoration: underline' },
    });
    link.addEventListener('click', (event) => {
      event.preventDefault();
      RED.view.reveal(source.node.id);
    });
    const said = text('overlaps.pair', { filter: source.filter, others: listed(others) });
    return element('li', { children: [link, document.createTextNode(`: ${said}`)] });
  });
  const rest = doubts.length - lines.length;
  if (rest > 0) lines.push(element('li', { text: counted('overlaps.more', rest) }));
  const message = element('div', {
    children: [
      element('p', { text: text('overlaps.title') }),
      element('ul', { children: lines }),
      element('p', { text: text('overlaps.why') }),
    ],
  });
  const close = { text: text('overlaps.close'), class: 'primary', click: () => notification.close() };
  const options = { type: 'warning', id: 'edgepool-overlaps', fixed: true, buttons: [close] } as const;
  const notification = RED.notify(message, options);
}

/** `+/b (Pumps), $share/g/# (mqtt source)` */
function listed(sources: readonly Source[]): string {
  const shown = sources.slice(0, MOST_SHOWN).map(({ node, filter }) => {
    const name = nameOf(node);
    return name === filter ? filter : `${filter} (${name})`;
  });
  return [...new Set(shown), ...(sources.length > MOST_SHOWN ? ['…'] : [])].join(', ');
}

function nameOf(node: EditorNode): string {
  return typeof node['name'] === 'string' && node['name'] !== '' ? node['name'] : RED.utils.getNodeLabel(node, node.id);
}

/** None for users who may not see them: then the profiles alone count. */
async function liveConnections(): Promise<LiveConnection[]> {
  if (!RED.user.hasPermission('connection-pool.read')) return [];
  try {
    const { connections } = (await ask('GET', 'connections')) as { readonly connections: readonly Connection[] };
    return connections.map(({ users, details }) => ({
      profiles: users.flatMap(({ profile }) => (profile === undefined ? [] : [profile.id])),
      version: typeof details['protocolVersion'] === 'number' ? details['protocolVersion'] : undefined,
      separates: typeof details['separatesFilters'] === 'boolean' ? details['separatesFilters'] : undefined,
    }));
  } catch {
    return [];
  }
}

/** Of the admin API, as far as it matters here. */
interface Connection {
  readonly users: readonly { readonly profile?: { readonly id: string } }[];
  readonly details: Readonly<Record<string, unknown>>;
}

declare global {
  interface Window {
    edgepoolOverlaps?: (edited: EditorNode) => Promise<string>;
  }
}
