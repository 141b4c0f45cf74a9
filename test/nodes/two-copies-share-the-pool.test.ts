import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';

describe('the pool of the process', () => {
  it('is shared by two copies of the package', () => {
    const path = require.resolve('../../src/runtime/process-pool');
    const original = require.cache[path];
    delete require.cache[path];
    try {
      const copy = require(path) as { getPool: typeof getPool };
      assert.notEqual(copy.getPool, getPool);
      assert.equal(copy.getPool(), getPool());
    } finally {
      if (original) require.cache[path] = original;
    }
  });
});
