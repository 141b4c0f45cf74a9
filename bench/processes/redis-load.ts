/** Child process: the load generator of the Redis cases. */
import { runFlood } from './redis-flood';
import { addEntries } from './redis-entries';
import { serve } from './remote';

const methods = { flood: runFlood, addEntries };

export type RedisLoad = typeof methods;

serve<RedisLoad>(methods);
