import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { completer, profile, recorder, sink, source, startFlow, TAB } from './node-red';

describe('messages go from sink to source', () => {
  const teardown = useTeardown();

  for (const protocolVersion of ['5', '4']) {
    it(`with all their fields, on version ${protocolVersion}`, async () => {
      const { port } = teardown.stopLater(await startMosquitto());
      const flow = await startFlow(teardown, [
        TAB,
        profile(port, { protocolVersion }),
        source({ topic: 'a/+' }),
        sink({ topic: 'a/b', qos: '1' }),
        recorder(),
        recorder('completed'),
        completer(['sink']),
      ]);
      const got = flow.received('got');
      const completed = flow.received('completed');
      await flow.connected('source', 'sink');
      const properties = {
        responseTopic: 'answer',
        correlationData: Buffer.from('id'),
        contentType: 'application/json',
        messageExpiryInterval: 60,
        payloadFormatIndicator: true,
        userProperties: { a: 'b', n: '1' },
      };
      flow.send('sink', { payload: { x: 1 }, ...properties, userProperties: { a: 'b', n: 1 } });
      await waitFor(() => got.length > 0 && completed.length > 0, 'the message');
      assert.deepEqual(got[0], {
        _msgid: got[0]?._msgid,
        topic: 'a/b',
        payload: { x: 1 },
        qos: 1,
        retain: false,
        ...(protocolVersion === '5' ? properties : {}),
        _topic: 'a/b',
      });
      assert.deepEqual(completed[0]?.payload, { x: 1 });
      assert.equal(completed[0]?.['qos'], undefined);
    });
  }
});
