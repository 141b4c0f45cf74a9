import assert from 'node:assert/strict';
import { PoolError } from '../../src/core/errors';
import { Pool } from '../../src/core/pool';
import { borrower, FakeDriver } from '../support/fake-driver';
import { LiveWatch } from '../support/live-watch';
import { startMosquitto } from '../support/mosquitto';
import { MqttNode, mqttPool } from '../support/mqtt-node';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

describe('what the live feed sends is bounded', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('with thousands of connections: 500 in one update, and all of them in the end', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    for (let index = 0; index < 1200; index += 1) pool.acquire(driver, { host: `host-${index}` }, borrower());
    const { known } = new LiveWatch(teardown, pool).watching('one');
    await waitFor(() => known.rows.size === 1200, 'all of them');
    assert.ok(known.updates.every(({ rows }) => rows.length <= 500));
    assert.deepEqual(
      known.updates.map(({ full }) => full === true),
      known.updates.map((_update, index) => index === 0),
    );
  });

  it('with thousands of nodes on one connection', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const key = pool.acquire(driver, { host: 'a' }, borrower()).key;
    for (let index = 1; index < 5100; index += 1) pool.acquire(driver, { host: 'a' }, borrower());
    const { known } = new LiveWatch(teardown, pool).watching('one', { open: [key] });
    await waitFor(() => known.details.has(key), 'the details');
    const { nodes, moreNodes } = known.details.get(key) ?? {};
    assert.deepEqual([nodes?.length, moreNodes], [5000, 100]);
  });

  it('with hundreds of profiles on one connection', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const acquire = (profile: string) => pool.acquire(driver, { host: 'a' }, { ...borrower(), profile });
    const [lease] = Array.from({ length: 300 }, (_, index) => acquire(`p${index}`));
    const { known } = new LiveWatch(teardown, pool).watching('one');
    const row = () => known.rows.get(lease?.key ?? '');
    await waitFor(() => row() !== undefined, 'the row');
    assert.deepEqual([row()?.profiles.length, row()?.moreProfiles], [20, 280]);
  });

  it('with thousands of topics, and very long ones', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const pool = mqttPool(teardown);
    const node = new MqttNode(pool, { brokers: [broker.url], protocolVersion: 5 });
    node.subscribe(`long/${'x'.repeat(60_000)}`);
    for (let index = 0; index < 3000; index += 1) node.subscribe(`topics/${index}`);
    const { key } = node.lease;
    const { known } = new LiveWatch(teardown, pool).watching('one', { open: [key] });
    await waitFor(() => known.details.has(key), 'the details');
    const details = known.details.get(key);
    assert.deepEqual([details?.subscriptions.length, details?.moreSubscriptions], [1000, 2001]);
    assert.ok(JSON.stringify(details).length < 200_000);
  });

  it('with very long texts of errors', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    driver.onConnect = () => Promise.reject(new PoolError('FAKE_REFUSED', 'x'.repeat(1e6), { kind: 'refused' }));
    const { key } = pool.acquire(driver, { host: 'a' }, borrower());
    const { known } = new LiveWatch(teardown, pool).watching('one');
    await waitFor(() => known.rows.get(key)?.state === 'refused', 'the refusal');
    assert.ok(known.updates.every((update) => JSON.stringify(update).length < 3000));
  });

  it('with more opened rows than anybody can look at: the last twenty', async () => {
    const pool = teardown.closeLater(new Pool());
    const driver = new FakeDriver();
    const keys = Array.from({ length: 30 }, (_, index) => pool.acquire(driver, { host: `h${index}` }, borrower()).key);
    const { known } = new LiveWatch(teardown, pool).watching('one', { open: keys });
    await waitFor(() => known.details.size > 0, 'details');
    assert.deepEqual([...known.details.keys()], keys.slice(-20));
  });
});
