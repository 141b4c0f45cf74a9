import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { collector, profile, source, startFlow, TAB } from './node-red';

describe('a source that is removed', () => {
  const teardown = useTeardown();

  const nodes = (port: number, keepalive: string) => [
    TAB,
    profile(port, { protocolVersion: '4', clientid: 'me', cleansession: false, keepalive }),
    source({ topic: 'stays', qos: '1' }),
    source({ id: 'other', topic: 'goes', qos: '1' }),
    collector(),
  ];

  for (const type of ['full', 'flows', 'nodes'] as const) {
    it(`with its profile changed is unsubscribed in the session that goes on (${type})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const flow = await startFlow(teardown, nodes(broker.port, '60'));
      await flow.connected('source', 'other');
      await broker.waitForLog(/Sending SUBACK to me/);
      const from = broker.log.length;
      await flow.deploy(
        nodes(broker.port, '30').filter(({ id }) => id !== 'other'),
        type,
      );
      await broker.waitForLog(/ as me .*k30/);
      await flow.connected('source');
      const log = broker.log.slice(from).join('\n');
      assert.match(log, /Received UNSUBSCRIBE from me\n\tgoes\n/);
      assert.doesNotMatch(log, /UNSUBSCRIBE from me\n(\t\w+\n)*\tstays\n/);
    });
  }
});
