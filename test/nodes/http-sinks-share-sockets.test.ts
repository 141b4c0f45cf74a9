import assert from 'node:assert/strict';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { recorder, startFlow, TAB } from './node-red';

describe('100 http sinks on one profile', () => {
  const teardown = useTeardown();

  it('never have more sockets open than its limit', async () => {
    const server = teardown.stopLater(await startHttpServer());
    const ids = Array.from({ length: 100 }, (_, index) => `sink-${index}`);
    const flow = await startFlow(teardown, [
      TAB,
      httpProfile(server.url, { maxSockets: '4' }),
      ...ids.map((id) => httpSink({ id })),
      recorder(),
    ]);
    const got = flow.received('got');
    for (let round = 0; round < 5; round += 1) for (const id of ids) flow.send(id, { payload: round });
    await waitFor(
      () => got.length === 500,
      () => `500 answers; there are ${got.length}`,
    );
    assert.ok(got.every((message) => message['statusCode'] === 200));
    assert.ok(server.mostOpen <= 4, `${server.mostOpen} sockets were open at one time`);
    assert.ok(server.accepted <= 4, `${server.accepted} sockets were opened`);
  });
});
