import assert from 'node:assert/strict';
import { getPool } from '../../src/runtime/process-pool';
import { startHttpServer } from '../support/http-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { httpProfile, httpSink } from './http-flow';
import { catcher, recorder, startFlow, TAB } from './node-red';

const SECRET = 'open-sesame-7';

const KINDS: Readonly<Record<string, { settings: Record<string, unknown>; credentials: Record<string, string> }>> = {
  basic: { settings: { auth: 'basic' }, credentials: { user: 'ali', password: SECRET } },
  bearer: { settings: { auth: 'bearer' }, credentials: { token: SECRET } },
  'an API key': {
    settings: { auth: 'api-key', apiKeyPlace: 'query', apiKeyName: 'key' },
    credentials: { apiKey: SECRET },
  },
};

describe('the secrets of an http profile', () => {
  const teardown = useTeardown();

  for (const [kind, { settings, credentials }] of Object.entries(KINDS)) {
    it(`are sent, and never shown: ${kind}`, async () => {
      const server = teardown.stopLater(
        await startHttpServer((request, response) => {
          if (request.url.startsWith('/cut')) response.destroy();
          else response.writeHead(request.url.startsWith('/no') ? 401 : 200).end();
        }),
      );
      const flow = await startFlow(
        teardown,
        [
          TAB,
          httpProfile(server.url, settings),
          httpSink({ path: 'path', pathType: 'msg', failOnStatus: true }),
          recorder(),
          recorder('caught'),
          catcher(),
        ],
        { profile: credentials },
      );
      const [got, caught] = [flow.received('got'), flow.received('caught')];
      for (const path of ['/yes', '/no', '/cut']) flow.send('sink', { path });
      await waitFor(() => got.length === 1 && caught.length === 2, 'an answer and two errors');
      const sent = JSON.stringify(server.seen);
      assert.ok(sent.includes(SECRET) || sent.includes(Buffer.from(`ali:${SECRET}`).toString('base64')));
      const shown = JSON.stringify([
        got.map(({ res: _res, req: _req, ...message }) => message),
        caught,
        flow.logged,
        [...flow.statuses.values()],
        getPool().snapshot(),
      ]);
      assert.ok(!shown.includes(SECRET), shown);
    });
  }
});
