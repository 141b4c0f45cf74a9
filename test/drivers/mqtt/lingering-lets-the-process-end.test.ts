import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startMosquitto } from '../../support/mosquitto';
import { useTeardown } from '../../support/teardown';

const run = promisify(execFile);
const compiled = (...path: string[]) => JSON.stringify(join(__dirname, '..', '..', '..', ...path));

describe('a process that has released every lease', () => {
  const teardown = useTeardown();

  for (const kind of ['mqtt', 'ws'] as const) {
    it(`ends by itself, however long the linger is (${kind})`, async () => {
      const broker = teardown.stopLater(await startMosquitto({ websockets: kind === 'ws' }));
      const script = `
        const { Pool } = require(${compiled('src', 'core', 'pool.js')});
        const { mqttDriver } = require(${compiled('src', 'drivers', 'mqtt', 'mqtt-driver.js')});
        const pool = new Pool({ lingerMillis: 60000 });
        const lease = pool.acquire(mqttDriver, { brokers: ['${broker.url}'] }, { id: 'n', type: 'test' });
        lease.connect()
          .then(() => lease.session.subscribe('a', { qos: 1 }, () => undefined))
          .then(() => lease.release())
          .then(() => console.log('released', pool.snapshot().connections.length));
      `;
      const { stdout } = await run(process.execPath, ['-e', script], { timeout: 30_000 });
      assert.match(stdout, /released 1/);
    });
  }
});
