import assert from 'node:assert/strict';
import { readHttpProfile } from '../../src/runtime/http/http-profile-settings';
import { readProfileSettings } from '../../src/runtime/mqtt-profile-settings';
import { readRedisProfile } from '../../src/runtime/redis-profile-settings';
import { CheckedReaders } from '../../src/runtime/settings-readers';
import { startSecuredNodeRed } from '../support/secured-node-red';
import { useTeardown } from '../support/teardown';

describe('a setting that is wrong', () => {
  const teardown = useTeardown();
  const cases: [name: string, read: () => unknown][] = [
    ['Base URL (baseUrl)', () => readHttpProfile({ baseUrl: 'nowhere' }, {})],
    ['Answer within (commandTimeoutSeconds)', () => readRedisProfile({ commandTimeoutSeconds: 'x' }, {})],
    ['At most (outboxMaxCount)', () => readRedisProfile({ outbox: 'disk', outboxMaxCount: 'x' }, {})],
    ['Client name (connectionName)', () => readRedisProfile({ connectionName: 'a b' }, {})],
    ['QoS (willQos)', () => readProfileSettings({ willTopic: 'a', willQos: '7' }, {})],
    ['Port', () => readProfileSettings({ broker: 'a', port: 'x' }, {})],
    ['sensor', () => new CheckedReaders('X', 'node', 'pool-mqtt-sink').number({ sensor: 'x' }, 'sensor', 0, 1)],
    ['toString', () => new CheckedReaders('X', 'node', 'no-such-type').number({ toString: 'x' }, 'toString', 0, 1)],
  ];
  for (const [name, read] of cases) {
    it(`is called ${name}`, () => {
      assert.throws(read, (error: Error) => error.message.startsWith(`"${name}" must be `));
    });
  }

  it('is called by its name in files where it stands in a file', () => {
    assert.throws(
      () => readHttpProfile({ baseUrl: 'nowhere' }, {}),
      ({ detail }: { detail: { statement: string } }) => detail.statement.startsWith('"baseUrl" must be '),
    );
  });

  const answers = [
    ['de', 'Für „Basis-URL (baseUrl)“ wird erwartet: '],
    ['ja', '「ベースURL（baseUrl）」は'],
    ['zh-CN', '“基础 URL（baseUrl）”必须是'],
  ] as const;
  for (const [lang, begin] of answers) {
    it(`is called as the dialog does in the language of the runtime: ${lang}`, async () => {
      const nodeRed = await startSecuredNodeRed(teardown, { flow: [], settings: { lang } });
      const answer = await nodeRed.fetch('connection-pool/test', 'writer', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'http', settings: { baseUrl: 'nowhere' } }),
      });
      const { error } = (await answer.json()) as { error: { message: string } };
      assert.equal(error.message.slice(0, begin.length), begin);
    });
  }
});
