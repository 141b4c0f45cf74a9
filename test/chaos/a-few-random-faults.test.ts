/** The short form of `npm run chaos`. */
import assert from 'node:assert/strict';
import { seeds, withSeed } from '../support/random';
import { runChaos } from './chaos';

const FAULTS = 12;

describe(`${FAULTS} random faults in a row, on every way through Node-RED`, function () {
  this.timeout(400_000);

  for (const seed of seeds(1, 1)) {
    it(`break no promise (seed ${seed})`, async () => {
      const { broken } = await withSeed(seed, () => runChaos({ seed, faults: FAULTS }));
      assert.deepEqual(broken, []);
    });
  }
});
