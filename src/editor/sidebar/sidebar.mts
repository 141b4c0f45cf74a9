/** The tab "Connections" of the editor's sidebar. */
import { text } from '../texts.mjs';

const TAB = 'connection-pool';

/** Adds the tab, and the action that shows it. */
export function addSidebar(): void {
  const show = (): void => RED.sidebar.show(TAB);
  RED.actions.add('connection-pool:show-connections', show, { label: text('action.show') });
}
