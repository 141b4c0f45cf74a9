/** `npm run check`: everything that can be said of the code without running it. */
import { main } from './lib/run.mjs';
import { installDependencies } from './lib/set-up.mjs';
import { buildRuntime, buildTests, checkFormat, lint } from './lib/steps.mjs';

await main(async () => {
  await installDependencies();
  const passed = [await checkFormat(), await lint(), buildRuntime(), buildTests()];
  return passed.every(Boolean) ? 0 : 1;
});
