/**
 * `npm run test:matrix`: the tests of the editor on every supported version of Node-RED, each with a Node.js it runs on.
 * `-- --only 5` does one of them; everything else after `--` goes to mocha. The last line reads as that of `npm test`.
 */
import { versions } from './lib/matrix.mjs';
import { main, SetUpError } from './lib/run.mjs';
import { testMatrix } from './lib/test-runs.mjs';
import { Totals } from './lib/totals.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  const at = args.indexOf('--only');
  const only = at === -1 ? [] : args.splice(at, 2).slice(1);
  if (at !== -1 && !versions.includes(only[0]))
    throw new SetUpError(`--only is followed by one of ${versions.join(', ')}.`);
  const totals = new Totals();
  await testMatrix(totals, at === -1 ? versions : only, { args });
  return totals.close();
});
