import assert from 'node:assert/strict';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { reached } from '../support/states';
import { useTeardown } from '../support/teardown';

describe('equal profiles share one connection', () => {
  const teardown = useTeardown();

  it('whatever the order of their properties and whether defaults are written out', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const one = pool.acquire(driver, { host: 'a', options: { x: 1, y: [1, 2] } }, borrower());
    const other = pool.acquire(driver, { options: { y: [1, 2], x: 1 }, name: '', host: 'a' }, borrower());
    assert.equal(one.key, other.key);
    assert.equal(driver.opened.length, 1);
    assert.equal(driver.latest.sessions.length, 2, 'each lease has a session of its own');
    assert.notEqual(one.session, other.session);
    await reached(one, 'connected');
    assert.equal(other.state, one.state);
    assert.equal(driver.latest.attempts.length, 1);
  });

  it('while any difference makes another connection', () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const profiles = [
      { host: 'a' },
      { host: 'b' },
      { host: 'a', password: 'p' },
      { host: 'a', password: 'q' },
      { host: 'a', options: { x: 1 } },
      { host: 'a', options: { x: '1' } },
      { host: 'a', options: { x: [1, 2] } },
      { host: 'a', options: { x: [2, 1] } },
      { host: 'a', options: { x: null } },
      { host: 'a', options: { x: Buffer.from('1') } },
      { host: 'a', options: { x: 'buffer:MQ==' } },
    ];
    const keys = profiles.map((profile) => pool.acquire(driver, profile, borrower()).key);
    assert.equal(new Set(keys).size, profiles.length);
    assert.equal(driver.opened.length, profiles.length);
  });

  it('and so do two drivers of different types', () => {
    const pool = teardown.closeLater(new Pool());
    const one = pool.acquire(new FakeDriver('one'), { host: 'a' }, borrower());
    const other = pool.acquire(new FakeDriver('other'), { host: 'a' }, borrower());
    assert.notEqual(one.key, other.key);
    assert.match(one.key, /^one:[0-9a-f]+$/);
  });
});
