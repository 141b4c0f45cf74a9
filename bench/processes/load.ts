/** Child process: the load generator. */
import { runClosedLoop } from './closed-loop';
import { serve } from './remote';

const methods = { run: runClosedLoop };

export type Load = typeof methods;

serve<Load>(methods);
