import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { crowdOf } from '../../src/runtime/pressure/crowded-sources';
import { LiveWatch } from '../support/live-watch';
import { startMosquitto } from '../support/mosquitto';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { profile, recorder, source, startFlow, TAB } from './node-red';

describe('a source whose flow does not keep up', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  it('is among the queues of its connection, until the flow has caught up', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const limited = source({ topic: 'a', qos: '1', name: 'Slow', maxUnacknowledged: '2' });
    const flow = await startFlow(teardown, [TAB, profile(broker.port), limited, recorder()]);
    await flow.connected('source');
    const held: (() => void)[] = [];
    flow.node('got').on('input', (_message, _send, done) => held.push(done));
    const key = getPool()
      .snapshot()
      .connections.find(({ address }) => address.endsWith(String(broker.port)))?.key;
    assert.ok(key);
    const { known } = new LiveWatch(teardown, getPool()).watching('one', { open: [key] });
    await waitFor(() => known.details.has(key), 'the details');
    assert.deepEqual(known.details.get(key)?.queues, []);
    const publisher = teardown.closeLater(await PrivateClient.connect(broker.url));
    for (let number = 0; number < 7; number += 1) await publisher.publish('a', String(number), { qos: 1 });
    const queue = () => known.details.get(key)?.queues.find(({ kind }) => kind === 'source');
    await waitFor(() => queue()?.waiting === 7, 'the queue');
    assert.equal(queue()?.name, 'Slow');
    assert.ok((queue()?.oldestAt ?? 0) > 0);
    await waitFor(() => {
      for (const done of held.splice(0)) done();
      return known.details.get(key)?.queues.length === 0;
    }, 'the flow to catch up');
    assert.equal(crowdOf('source'), undefined);
  });
});
