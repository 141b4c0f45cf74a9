import assert from 'node:assert/strict';
import { startSecuredNodeRed } from '../support/secured-node-red';
import { useTeardown } from '../support/teardown';

describe('the language of the runtime', () => {
  const teardown = useTeardown();

  const answers = [
    { lang: 'de', text: 'Unter diesem Pfad gibt es nichts; die Dokumentation führt alle auf.' },
    { lang: 'de-AT', text: 'Unter diesem Pfad gibt es nichts; die Dokumentation führt alle auf.' },
    { lang: 'en-US', text: 'There is nothing at this path; the documentation lists all.' },
    { lang: 'fr', text: 'There is nothing at this path; the documentation lists all.' },
  ];

  for (const { lang, text } of answers) {
    it(`is that of Node-RED: ${lang}`, async () => {
      const nodeRed = await startSecuredNodeRed(teardown, { flow: [], settings: { lang } });
      const answer = await nodeRed.fetch('connection-pool/nowhere', 'reader');
      assert.equal(answer.status, 404);
      assert.deepEqual(await answer.json(), { error: { code: 'PATH_UNKNOWN', message: text } });
    });
  }
});
