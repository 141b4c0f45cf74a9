/** With `disableEditor` there is no editor, but flows run and the admin API answers. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor, waitForAsync } from '../support/waiting';

describe('editor: disabled', function () {
  this.timeout(90_000);
  const editor = useEditor({ settings: { disableEditor: true } });
  const teardown = useTeardown();

  it('the flows run and the admin API tells of their connection', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodeRed = await editor.nodeRed();
    await nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'Plant' },
      { id: 'm', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(broker.port) },
      { id: 's', type: 'pool-mqtt-source', z: 'tab', profile: 'm', topic: '#', x: 1, y: 1, wires: [[]] },
    ]);
    assert.equal((await nodeRed.fetch('')).status, 404);
    await waitForAsync(async () => {
      const answer = await nodeRed.fetch('connection-pool/connections');
      const { connections } = (await answer.json()) as { readonly connections: readonly { readonly state: string }[] };
      return connections.length === 1 && connections[0]?.state === 'connected';
    }, 'the connection');
    await waitFor(() => broker.count('CONNECT') > 0, 'the broker to tell of it');
    assert.equal(broker.count('CONNECT'), 1);
    assert.deepEqual(
      nodeRed.log.filter((line) => /\[error\]|Error:/.test(line)),
      [],
    );
  });
});
