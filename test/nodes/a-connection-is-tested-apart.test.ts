import assert from 'node:assert/strict';
import { connectedOnes, startAdminApi } from '../support/admin-api';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';

const SECRET = 'hidden-from-all';

describe('a connection of the pool', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  it('is tested by its key on a client apart, and left alone', async () => {
    const broker = teardown.stopLater(await startMosquitto({ users: { site: SECRET } }));
    const flow = [
      { id: 'tab', type: 'tab' },
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port), clientid: 'the-one' },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', profile: 'm', topic: '#', qos: '0', x: 1, y: 1, wires: [[]] },
    ];
    const credentials = { m: { user: 'site', password: SECRET } };
    const api = await startAdminApi(teardown, { flow, files: { 'flows_cred.json': JSON.stringify(credentials) } });
    const [{ key }] = await connectedOnes(api, 1);
    const good = await api.call('POST', `connections/${key}/test`);
    assert.equal(good.body.ok, true, good.text);
    assert.equal(good.body.details.protocolVersion, 5);
    assert.doesNotMatch(good.text, new RegExp(SECRET));
    assert.equal((await api.call('POST', `connections/${key}/test`, { as: 'reader' })).status, 401);
    await api.refuses(404, 'CONNECTION_UNKNOWN', 'POST', 'connections/nothing/test');
    const { body } = await api.call('GET', `connections/${key}`);
    assert.equal(`${body.state} ${body.counters.connects} ${body.lastError}`, 'connected 1 undefined');
    await waitFor(() => broker.count('CONNECT') === 2, 'the CONNECT of the test');
    await api.call('POST', `connections/${key}/pause`);
    assert.equal((await api.call('POST', `connections/${key}/test`)).body.ok, true, 'also while it is paused');
    await api.call('POST', `connections/${key}/resume`);
    await broker.stop();
    const bad = await api.call('POST', `connections/${key}/test`);
    assert.equal(`${bad.status} ${bad.body.ok} ${bad.body.error.code}`, '200 false MQTT_BROKER_UNREACHABLE', bad.text);
    await waitForAsync(async () => {
      const { lastError } = (await api.call('GET', `connections/${key}`)).body;
      return lastError !== undefined && Date.parse(lastError.at) > 0;
    }, 'the last error of the connection itself');
  });
});
