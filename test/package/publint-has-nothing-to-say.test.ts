/** publint reads a package as tools and Node.js do. */
import assert from 'node:assert/strict';
import { publint } from 'publint';
import { packageRoot } from '../support/package-root';

describe('publint', function () {
  this.timeout(60_000);

  it('has nothing to say about the package', async () => {
    const { messages } = await publint({ pkgDir: packageRoot, level: 'suggestion', strict: true });
    assert.deepEqual(messages, []);
  });
});
