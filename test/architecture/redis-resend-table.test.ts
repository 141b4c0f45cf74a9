/** The documentation names exactly the commands that are sent again by default. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAFE_COMMANDS } from '../../src/drivers/redis/resend-rules';
import { packageRoot } from '../support/package-root';

/** Those with exceptions are told in a sentence after the table. */
const WITH_EXCEPTIONS = ['SET', 'ZADD', 'LREM', 'CONFIG', 'OBJECT', 'CLIENT', 'ACL', 'SLOWLOG', 'LATENCY'];

describe('the documentation of Redis', () => {
  it('lists the commands that are safe to send again', () => {
    const text = readFileSync(join(packageRoot, 'docs', 'redis.md'), 'utf8');
    const listed = /<!-- begin: safe to send again -->([\s\S]*?)<!-- end/.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
    const expected = [...SAFE_COMMANDS].filter((name) => !WITH_EXCEPTIONS.includes(name)).sort();
    assert.deepEqual(listed, expected);
  });
});
