/**
 * Nodes of the editor become others and back again, as one step of its history. A node is not replaced: type, definition
 * and properties of the object change, so that wires, groups, order and all that points to it stay as they are.
 */
import { editor, type HistoryEvent, type LiveNode } from './editor-api.mjs';

/** What a node keeps, whatever it is. Its status is that of what is deployed. */
const PLACE = new Set(
  'id z g x y w h users dirty resize valid validationErrors status dirtyStatus selected highlighted moved'.split(' '),
);

export type Traits = Readonly<Record<string, unknown>>;

export interface Exchanged {
  readonly node: LiveNode;
  /** All it will be, but for its place. */
  readonly traits: Traits;
}

export interface ExchangeParts {
  /** Configuration nodes before those that use them. */
  readonly changed: readonly Exchanged[];
  readonly added: readonly LiveNode[];
  readonly removed: readonly LiveNode[];
  /** The ids of the configuration nodes afterwards. @default as it comes */
  readonly order?: readonly string[];
}

/**
 * Carries it out, and gives it to the history.
 *
 * @param placed is told of the configuration nodes that have come, by undo and redo, too
 */
export function exchange(parts: ExchangeParts, placed: (nodes: readonly LiveNode[]) => void): void {
  let dirtyBefore = editor.nodes.dirty();
  let wait = perform(parts);
  placed(wait.removed);
  let isMoved = true;
  editor.history.push({
    t: 'multi',
    events: [],
    dirty: dirtyBefore,
    callback: (event: HistoryEvent) => {
      wait = perform(wait);
      placed(wait.removed);
      isMoved = !isMoved;
      // The editor sets the flag for itself then, but knows it only for the first undo. After a deploy it is always set.
      if (!isMoved) dirtyBefore = event.dirty ?? dirtyBefore;
      event.dirty = isMoved || dirtyBefore;
      refresh();
    },
  });
  editor.nodes.dirty(true);
  refresh();
}

/** @returns what brings everything back */
function perform(parts: ExchangeParts): ExchangeParts {
  editor.view.select(null);
  const before = configOrder();
  const users = userCounts();
  const { back, placed } = withoutRefreshing(() => change(parts));
  const exchanged = new Set([...placed, ...parts.changed.map(({ node }) => node)]);
  for (const node of exchanged) editor.editor.validateNode(node);
  // Of those that stay, it is told once how many use them now, and not for each user.
  editor.nodes.eachConfig((node) => {
    if (!exchanged.has(node) && users.get(node.id) !== node.users?.length) editor.events.emit('nodes:change', node);
  });
  return { changed: back, added: parts.removed, removed: placed, order: before };
}

function change({ changed, added, removed, order }: ExchangeParts) {
  // The users first: that a configuration node has one less is told while it is there.
  for (const { node } of changed.toReversed()) leave(node);
  for (const { id } of removed) editor.nodes.remove(id);
  const back = changed.map(({ node, traits }) => ({ node, traits: become(node, traits) }));
  const placed = added.map((node) => editor.nodes.add(node));
  for (const { node } of changed) enter(node);
  if (order) restoreOrder(order);
  return { back, placed };
}

/** The editor draws its tabs and lists anew for each configuration node that goes; once, afterwards, will do. */
function withoutRefreshing<T>(work: () => T): T {
  const { workspaces, sidebar } = editor;
  const { refresh: refreshTabs } = workspaces;
  const { refresh: refreshList } = sidebar.config;
  const nothing = () => undefined;
  Object.assign(workspaces, { refresh: nothing });
  Object.assign(sidebar.config, { refresh: nothing });
  try {
    return work();
  } finally {
    Object.assign(workspaces, { refresh: refreshTabs });
    Object.assign(sidebar.config, { refresh: refreshList });
  }
}

/** Says goodbye to a node as it is: to the lists of who uses what, and to those that listen. */
function leave(node: LiveNode): void {
  editor.nodes.updateConfigNodeUsers(node, { action: 'remove', emitEvent: false });
  editor.events.emit('nodes:remove', node);
}

function enter(node: LiveNode): void {
  editor.nodes.updateConfigNodeUsers(node, { action: 'add', emitEvent: false });
  editor.events.emit('nodes:add', node);
  const group = node.g === undefined ? undefined : editor.nodes.group(node.g);
  if (group) editor.group.markDirty(group);
}

/** @returns what it was */
function become(live: LiveNode, traits: Traits): Traits {
  const node = live.__node__ ?? live;
  const before: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(node)) {
    if (PLACE.has(property)) continue;
    before[property] = value;
    if (!Object.hasOwn(traits, property)) delete node[property];
  }
  Object.assign(node, traits);
  // Another label has another width: of a node without one the editor leaves the place, otherwise the left edge.
  Object.assign(node, { w: undefined, resize: true, dirtyStatus: true });
  // A placeholder has none, but the editor calls it when a status comes from what is still deployed.
  node['_'] ??= before['_'];
  node.dirty = true;
  // What was as deployed is no more; what had been changed before may be as deployed again. The proxy wants to know.
  live.changed = before['changed'] ? Boolean(traits['changed']) : true;
  // Its element has the icon and the ports of what it was: the editor draws another one.
  document.getElementById(node.id)?.closest('.red-ui-flow-node-group')?.remove();
  return before;
}

function configOrder(): string[] {
  const ids: string[] = [];
  editor.nodes.eachConfig(({ id }) => {
    ids.push(id);
  });
  return ids;
}

function userCounts(): ReadonlyMap<string, number | undefined> {
  const counts = new Map<string, number | undefined>();
  editor.nodes.eachConfig(({ id, users }) => {
    counts.set(id, users?.length);
  });
  return counts;
}

/** Configuration nodes are exported in the order in which they were added. */
function restoreOrder(order: readonly string[]): void {
  const current = configOrder();
  const first = order.findIndex((id, index) => current[index] !== id);
  if (first < 0) return;
  for (const id of order.slice(first)) {
    const node = editor.nodes.node(id);
    if (!node) continue;
    editor.nodes.remove(id);
    editor.nodes.add(node);
  }
}

function refresh(): void {
  editor.view.redraw(true);
  editor.workspaces.refresh();
  editor.sidebar.config.refresh();
}
