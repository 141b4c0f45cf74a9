/**
 * `npm test`: sets up, checks format, lint and types, and runs every test. What follows `--` goes to mocha
 * (`npm test -- --grep retained`, `npm test -- .build/test/core/pool.test.js`). The last line always reads `N passed, N failed, N skipped`.
 */
import { main } from './lib/run.mjs';
import { testAll } from './lib/test-runs.mjs';
import { Totals } from './lib/totals.mjs';

await main(async () => {
  const totals = new Totals();
  await testAll(totals, process.argv.slice(2));
  return totals.close();
});
