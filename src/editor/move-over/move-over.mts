/** The actions "Use shared connections for …": what they look at, and what they have carried out. */
import { counted, text } from '../texts.mjs';
import { compareCredentials, copyCredentials, hasCredentials } from './credentials.mjs';
import { openDialog } from './dialog.mjs';
import { editor, type LiveNode } from './editor-api.mjs';
import { exchange } from './exchange.mjs';
import { type Family, mqttFamily, redisFamily } from './families.mjs';
import type { FlowNode } from './flow-json.mjs';
import { toExchange } from './live-nodes.mjs';
import { type MoveOptions, type Plan, planMove } from './plan.mjs';

const MAIN_MENU = 'red-ui-header-button-sidemenu';
const MENU_ITEM = 'menu-item-connection-pool';
const NOTICE_MILLIS = 10_000;

/** Puts the actions into the list and the menu, unless the user may not change flows. */
export function addMoveOver(): void {
  if (!editor.user.hasPermission('flows.write')) return;
  const items = [mqttFamily, redisFamily].map((family) => {
    const name = `connection-pool:move-over-${family.name}`;
    editor.actions.add(name, () => void begin(family), { label: text(`moveOver.action.${family.name}`) });
    return { id: `${MENU_ITEM}-${family.name}`, label: text(`moveOver.menu.${family.name}`), onselect: name };
  });
  // An editor may be set to have no such entry, or no menu.
  if (editor.settings.theme(`menu.${MENU_ITEM}`) === false || !document.getElementById(`${MAIN_MENU}-submenu`)) return;
  editor.menu.addItem(MAIN_MENU, { id: MENU_ITEM, label: text('moveOver.menu.title'), options: items });
}

async function begin(family: Family): Promise<void> {
  try {
    const flow = editor.nodes.createCompleteNodeSet({ credentials: false });
    const base = {
      locked: lockedFlows(flow),
      copiesCredentials: editor.user.hasPermission('connection-pool.write'),
      newId: () => editor.nodes.id(),
    };
    const selected = selectedNodes();
    const inFamily = flow.filter(({ id, type }) => selected.has(id) && Object.hasOwn(family.toNode, type));
    // Those of Redis stand in the settings.
    const mayHave = family.name === 'mqtt' ? planMove(flow, family, { ...base, includePartial: true }).profiles : [];
    const withCredentials = await hasCredentials(mayHave.map(({ config }) => config.id));
    const sameCredentials = await compareCredentials(mayHave.filter(({ config }) => withCredentials.has(config.id)));
    openDialog({
      family,
      selected: inFamily.length,
      plan: ({ onlySelected, ...choices }) => {
        const options: MoveOptions = { ...base, ...choices, withCredentials, sameCredentials };
        return planMove(
          flow,
          family,
          onlySelected ? { ...options, scope: new Set(inFamily.map(({ id }) => id)) } : options,
        );
      },
      carryOut: (plan) => carryOut(plan, withCredentials),
    });
  } catch (error) {
    fail(error);
  }
}

function carryOut(plan: Plan, withCredentials: ReadonlySet<string>): void {
  try {
    const origins = originsOf(plan, withCredentials);
    exchange(toExchange(plan), (placed) => {
      for (const { id } of placed) {
        const from = origins.get(id);
        if (from !== undefined) void copyCredentials(from, id);
      }
    });
    editor.notify(counted('moveOver.done', plan.nodes.length), { type: 'success', timeout: NOTICE_MILLIS });
  } catch (error) {
    fail(error);
  }
}

/**
 * Where the credentials of configuration nodes are that come with the move, or when it is undone: by id, the id of the
 * node that has the same.
 */
function originsOf({ profiles }: Plan, withCredentials: ReadonlySet<string>): ReadonlyMap<string, string> {
  const all = profiles.flatMap(({ id, config, isBeside, replaces }) => [
    ...(isBeside ? [[id, config.id] as const] : []),
    ...replaces.map((replaced) => [replaced.id, id] as const),
  ]);
  return new Map(all.filter(([, from]) => withCredentials.has(from)));
}

function fail(error: unknown): void {
  console.warn('Moving over failed:', error);
  editor.notify(text('moveOver.failed'), { type: 'error' });
}

/** What is selected, with all in selected groups and flows. */
function selectedNodes(): ReadonlySet<string> {
  const { nodes = [], flows = [] } = editor.view.selection();
  const inside = (node: LiveNode) => (node.type === 'group' ? editor.group.getNodes(node, true) : [node]);
  const all = [...nodes.flatMap(inside), ...flows.flatMap(({ id }) => editor.nodes.filterNodes({ z: id }))];
  return new Set(all.map(({ id }) => id));
}

function lockedFlows(flow: readonly FlowNode[]): ReadonlySet<string> {
  const flows = flow.filter(({ type }) => type === 'tab' || type === 'subflow');
  return new Set(flows.map(({ id }) => id).filter((id) => editor.workspaces.isLocked(id)));
}
