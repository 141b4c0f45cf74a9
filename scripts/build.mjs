/** `npm run build`: compiles the package and its tests. */
import { main } from './lib/run.mjs';
import { installDependencies } from './lib/set-up.mjs';
import { buildRuntime, buildTests } from './lib/steps.mjs';

await main(async () => {
  await installDependencies();
  const passed = [buildRuntime(), buildTests()];
  return passed.every(Boolean) ? 0 : 1;
});
