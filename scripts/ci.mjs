/** Everything that has to pass: all tests, and those of the editor again on Node-RED 5. One line at the end counts both. */
import { main } from './lib/run.mjs';
import { testAll, testMatrix } from './lib/test-runs.mjs';
import { Totals } from './lib/totals.mjs';

await main(async () => {
  const totals = new Totals();
  await testAll(totals, []);
  await testMatrix(totals, ['5'], { isBuilt: true });
  return totals.close();
});
