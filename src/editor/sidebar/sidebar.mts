/** The tab "Connections" of the editor's sidebar, for users who may read. */
import { element } from '../dom.mjs';
import { text } from '../texts.mjs';
import { Panel } from './panel.mjs';

const TAB = 'connection-pool';
const ACTION = 'connection-pool:show-connections';

/** Adds the tab, and the action that shows it. A user who logs in later gets it then. */
export function addSidebar(): void {
  addTab();
  RED.events.on('login', addTab);
}

let isThere = false;

function addTab(): void {
  if (isThere || !RED.user.hasPermission('connection-pool.read')) return;
  isThere = true;
  const href = new URL('./sidebar.css', import.meta.url).href;
  document.head.append(element('link', { attributes: { rel: 'stylesheet', href } }));
  RED.actions.add(ACTION, () => RED.sidebar.show(TAB), { label: text('action.show') });
  RED.sidebar.addTab({
    id: TAB,
    label: text('tab.label'),
    name: text('tab.name'),
    iconClass: 'fa fa-plug',
    content: new Panel().element,
    enableOnEdit: true,
    action: ACTION,
  });
}
