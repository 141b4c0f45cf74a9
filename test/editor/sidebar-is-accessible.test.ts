/** What axe-core finds in the tab "Connections": labels, roles, contrasts, in every state that a row may be in. */
import assert from 'node:assert/strict';
import { findingsIn } from '../support/accessibility';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { freePort } from '../support/ports';
import { startRedis } from '../support/redis-server';
import { showSidebar } from '../support/sidebar';
import { useTeardown } from '../support/teardown';

const place = { z: 'flow', x: 200, y: 100 };

describe('editor: the sidebar is accessible', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('axe-core finds nothing, whatever there is to see', async () => {
    const broker = teardown.stopLater(await startMosquitto({ acl: 'topic readwrite a/#' }));
    const redis = teardown.stopLater(await startRedis());
    const nowhere = String(await freePort());
    const mqtt = { type: 'pool-mqtt-profile', broker: '127.0.0.1' };
    const source = { type: 'pool-mqtt-source', wires: [[]], ...place };
    const sink = { type: 'pool-mqtt-sink', topic: 'a', wires: [], ...place };
    const tick = { type: 'inject', repeat: '0.5', props: [{ p: 'payload' }], ...place };
    const flows = [
      { id: 'flow', type: 'tab', label: 'Hall' },
      { id: 'plant', name: 'Plant', ...mqtt, port: String(broker.port) },
      { id: 'away', name: 'Away', ...mqtt, port: nowhere },
      { id: 'cache', type: 'pool-redis-profile', name: 'Cache', host: '127.0.0.1', port: String(redis.port) },
      { id: 'idle', name: 'Idle', ...mqtt, port: String(broker.port), clientid: 'me' },
      { id: 's1', profile: 'plant', topic: 'a/#', qos: '1', ...source },
      { id: 's2', profile: 'plant', topic: '+/b', qos: '0', ...source },
      { id: 'k1', profile: 'plant', ...sink },
      { id: 'k2', profile: 'away', ...sink },
      { id: 't1', wires: [['k1', 'k2']], ...tick },
      { id: 'k3', profile: 'idle', ...sink },
      { id: 'r1', type: 'pool-redis-source', profile: 'cache', mode: 'subscribe', key: 'c', wires: [[]], ...place },
    ];
    const opened = await editor.open({ flows });
    const sidebar = await showSidebar(opened);
    await sidebar.shows('Plant', 'connected');
    await sidebar.shows('Cache', 'connected');
    await sidebar.shows('Away', 'waiting');
    await sidebar.says('Away', /queued|waiting/);
    await sidebar.open('Idle');
    await sidebar.press('Idle', 'pause');
    await sidebar.shows('Idle', 'paused');
    for (const name of ['Plant', 'Away', 'Idle']) {
      if (name !== 'Idle') await sidebar.open(name);
      await sidebar.press(name, 'test');
      await sidebar
        .result(name)
        .filter({ hasText: /It (works|does not work)/ })
        .waitFor();
      assert.deepEqual(await findingsIn(opened.page, '.edgepool-sidebar'), [], name);
    }
  });

  it('axe-core finds nothing before there are any connections', async () => {
    const opened = await editor.open({ flows: [] });
    const sidebar = await showSidebar(opened);
    await sidebar.panel.filter({ hasText: 'No connections yet' }).waitFor();
    assert.deepEqual(await findingsIn(opened.page, '.edgepool-sidebar'), []);
  });
});
