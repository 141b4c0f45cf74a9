import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached, recordKinds } from '../support/states';

describe('closing the pool', () => {
  it('closes held, lingering and connecting connections, and a second time does nothing', async () => {
    const pool = new Pool({ lingerMillis: 60_000 });
    const driver = new FakeDriver();
    const held = pool.acquire(driver, { host: 'held' }, borrower());
    const lingering = pool.acquire(driver, { host: 'lingering' }, borrower());
    await held.connect();
    await lingering.connect();
    await lingering.release();
    driver.onConnect = () => new Promise(() => undefined);
    const connecting = pool.acquire(driver, { host: 'connecting' }, borrower());
    await reached(connecting, 'connecting');
    const kinds = recordKinds(held);
    await pool.close();
    await pool.close();
    assert.deepEqual(kinds, ['closing', 'closed']);
    assert.equal(driver.openSockets, 0);
    assert.deepEqual(
      driver.opened.map(({ disconnects }) => disconnects),
      [[true], [true], [true]],
    );
    await held.release();
    await assert.rejects(connecting.connect(), { code: 'CONNECTION_CLOSED' });
    assert.deepEqual(pool.snapshot(), { connections: [] });
  });
});
