/** `npm run chaos`: random faults against a running Node-RED; what follows `--` goes to test/chaos/main.ts. */
import { join } from 'node:path';
import { main, root, run } from './lib/run.mjs';
import { installDependencies, installServers } from './lib/set-up.mjs';
import { buildRuntime, buildTests } from './lib/steps.mjs';

await main(async () => {
  await installServers('mosquitto', 'redis');
  await installDependencies();
  const built = [buildRuntime(), buildTests()];
  if (!built.every(Boolean)) return 1;
  return run(process.execPath, [join(root, '.build', 'test', 'chaos', 'main.js'), ...process.argv.slice(2)]);
});
