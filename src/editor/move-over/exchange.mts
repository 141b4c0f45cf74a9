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
function perform({ changed, added, removed, order }: ExchangeParts): ExchangeParts {
  editor.view.select(null);
  const before = configOrder();
  // The users first: that a configuration node has one less is told while it is there.
  for (const { node } of changed.toReversed()) leave(node);
  for (const { id } of removed) editor.nodes.remove(id);
  const back = changed.map(({ node, traits }) => ({ node, traits: change(node, traits) }));
  const placed = added.map((node) => editor.nodes.add(node));
  for (const { node } of changed) enter(node);
  if (order) restoreOrder(order);
  for (const node of placed) editor.editor.validateNode(node);
  for (const { node } of changed) editor.editor.validateNode(node);
  return { changed: back, added: removed, removed: placed, order: before };
}

/** Says goodbye to a node as it is: to the lists of who uses what, and to those that listen. */
function leave(node: LiveNode): void {
  editor.nodes.updateConfigNodeUsers(node, { action: 'remove' });
  editor.events.emit('nodes:remove', node);
}

function enter(node: LiveNode): void {
  editor.nodes.updateConfigNodeUsers(node, { action: 'add' });
  editor.events.emit('nodes:add', node);
  const group = node.g === undefined ? undefined : editor.nodes.group(node.g);
  if (group) editor.group.markDirty(group);
}

/** @returns what it was */
function change(live: LiveNode, traits: Traits): Traits {
  const node = live.__node__ ?? live;
  const before: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(node)) {
    if (PLACE.has(property)) continue;
    before[property] = value;
    if (!Object.hasOwn(traits, property)) delete node[property];
  }
  Object.assign(node, traits);
  Object.assign(node, { resize: true, dirtyStatus: true });
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
