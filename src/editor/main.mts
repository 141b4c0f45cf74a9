/** The tools in the editor: loaded once, by the plugin of nodes/connection-pool.html. */
import { watchOverlaps } from './overlaps/watch.mjs';
import { addSidebar } from './sidebar/sidebar.mjs';

addSidebar();
watchOverlaps();
