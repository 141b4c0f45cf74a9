/** The tools in the editor: loaded once, by the plugin of nodes/connection-pool.html. */
import { addMoveOver } from './move-over/move-over.mjs';
import { watchOverlaps } from './overlaps/watch.mjs';
import { addSidebar } from './sidebar/sidebar.mjs';

addSidebar();
watchOverlaps();
addMoveOver();
