import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const compiled = (...path: string[]) => JSON.stringify(join(__dirname, '..', '..', ...path));

const PRELUDE = `
  const { Pool } = require(${compiled('src', 'core', 'pool.js')});
  const { PoolError } = require(${compiled('src', 'core', 'errors.js')});
  const { FakeDriver, borrower } = require(${compiled('test', 'support', 'fake-driver.js')});
  const pool = new Pool({ lingerMillis: 60000, backoff: { initialMillis: 60000 }, random: () => 0.999 });
  const driver = new FakeDriver();
`;

async function endsByItself(script: string): Promise<void> {
  const { stdout } = await run(process.execPath, ['-e', PRELUDE + script], { timeout: 30_000 });
  assert.match(stdout, /reached/);
}

describe('the process may end', () => {
  it('while a connection without leases lingers', () =>
    endsByItself(`
      const lease = pool.acquire(driver, { host: 'a' }, borrower());
      lease.connect().then(() => lease.release()).then(() => console.log('reached'));
    `));

  it('while the next attempt is waited for', () =>
    endsByItself(`
      driver.onConnect = () => Promise.reject(new PoolError('DOWN', 'Down.'));
      const lease = pool.acquire(driver, { host: 'a' }, borrower());
      lease.onState((state) => state.kind === 'waiting' && console.log('reached'));
    `));

  it('while an attempt is under way that nothing but its timeout would end', () =>
    endsByItself(`
      driver.onConnect = () => { console.log('reached'); return new Promise(() => undefined); };
      pool.acquire(driver, { host: 'a' }, borrower());
    `));
});
