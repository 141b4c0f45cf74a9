/** The tools in the editor: loaded once, by the plugin of nodes/connection-pool.html. */
import { addSidebar } from './sidebar/sidebar.mjs';

addSidebar();
