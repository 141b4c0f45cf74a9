import assert from 'node:assert/strict';
import { testProfile } from '../../../src/core/test-profile';
import { mqttDriver } from '../../../src/drivers/mqtt/mqtt-driver';
import { startMosquitto } from '../../support/mosquitto';
import { mqttPool } from '../../support/mqtt-node';
import { freePort } from '../../support/ports';
import { useTeardown } from '../../support/teardown';

describe('a test of MQTT settings with several brokers', () => {
  const teardown = useTeardown();

  const dead = async () => `mqtt://127.0.0.1:${await freePort()}`;

  it('goes on to the next one as a connection does', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const brokers = [await dead(), broker.url];
    const result = await testProfile(mqttPool(teardown), mqttDriver, { brokers }, 10_000);
    assert.ok(result.ok, JSON.stringify(result));
  });

  it('fails when none of them answers', async () => {
    const brokers = [await dead(), await dead()];
    const result = await testProfile(mqttPool(teardown), mqttDriver, { brokers }, 10_000);
    assert.ok(!result.ok);
    assert.equal(result.error.code, 'MQTT_BROKER_UNREACHABLE');
    assert.equal(result.failed, 'reach');
  });
});
