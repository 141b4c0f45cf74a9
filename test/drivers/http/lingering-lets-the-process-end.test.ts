import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startHttpServer } from '../../support/http-server';
import { useTeardown } from '../../support/teardown';

const run = promisify(execFile);
const compiled = (...path: string[]) => JSON.stringify(join(__dirname, '..', '..', '..', ...path));

describe('a process that has released its leases on HTTP', () => {
  const teardown = useTeardown();

  for (const [what, use] of [
    ['after requests', 'lease.session.request({})'],
    ['without a request', 'lease.connect()'],
  ] as const) {
    it(`ends by itself, however long linger and idle sockets last (${what})`, async () => {
      const server = teardown.stopLater(await startHttpServer());
      const script = `
        const { Pool } = require(${compiled('src', 'core', 'pool.js')});
        const { httpDriver } = require(${compiled('src', 'drivers', 'http', 'http-driver.js')});
        const pool = new Pool({ lingerMillis: 60000 });
        const profile = { baseUrl: '${server.url}', keepAliveMillis: 60000 };
        const lease = pool.acquire(httpDriver, profile, { id: 'n', type: 'test' });
        ${use}
          .then(() => lease.release())
          .then(() => console.log('released', pool.snapshot().connections.length));
      `;
      const { stdout } = await run(process.execPath, ['-e', script], { timeout: 30_000 });
      assert.match(stdout, /released 1/);
      assert.equal(server.accepted, 1);
    });
  }
});
