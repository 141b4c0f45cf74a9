/**
 * `npm run screenshots`: the pictures of the README, taken in the editor of a real Node-RED with real servers, into
 * docs/images. It needs the standard ports of MQTT and Redis on this machine.
 */
import { join } from 'node:path';
import { main, root, run } from './lib/run.mjs';
import { installDependencies, installServers } from './lib/set-up.mjs';
import { buildRuntime, buildTests } from './lib/steps.mjs';

await main(async () => {
  await installServers('mosquitto', 'redis', 'chromium');
  await installDependencies();
  const built = [buildRuntime(), buildTests()];
  if (!built.every(Boolean)) return 1;
  return run(process.execPath, [join(root, '.build', 'test', 'screenshots', 'main.js')]);
});
