import assert from 'node:assert/strict';
import { freePort } from '../support/ports';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { caughtCode, catcher, PLACE, recorder, redisNode, redisProfile, startFlow, TAB } from './node-red';

const CASES: readonly Record<string, unknown>[] = [
  { operation: 'nosuch' },
  { arguments: 'nosuch' },
  { datatype: 'nosuch' },
  { replies: 'nosuch' },
  { timeoutSeconds: 'soon' },
  { timeoutSeconds: -1 },
  { operation: 'pipeline', datatype: 'msgpack' },
  { operation: 'lookup', lookup: 'TTL' },
  { operation: 'lookup', cacheSeconds: 'x' },
  { operation: 'lookup', cacheMaxEntries: 0 },
  { operation: 'scan', scan: 'KEYS' },
  { operation: 'scan', count: 1.5 },
  { operation: 'scan', each: 'x' },
  { type: 'pool-redis-script', script: 'return 1', kind: 'x' },
  { type: 'pool-redis-script', script: 'return 1', keys: [{ name: 'end' }] },
  { type: 'pool-redis-script', script: 'return 1', args: [{ name: '...a' }, { name: 'b' }] },
];

describe('a redis command or script node with settings that can not work', () => {
  const teardown = useTeardown();

  it('says so in its status and to every message, by a code that names the field', async () => {
    const port = await freePort();
    const flow = await startFlow(teardown, [
      TAB,
      redisProfile(port),
      ...CASES.map((properties, index) => ({ ...redisNode('command', properties), id: `node${index}`, ...PLACE })),
      recorder(),
      recorder('caught'),
      catcher(),
    ]);
    const caught = flow.received('caught');
    for (const index of CASES.keys()) flow.send(`node${index}`, { payload: index });
    await waitFor(() => caught.length === CASES.length, 'the errors');
    for (const [index, properties] of CASES.entries()) {
      const field = Object.keys(properties).at(-1) ?? '';
      const message = caught.find(({ payload }) => payload === index);
      const isScript = field === 'keys' || field === 'args';
      assert.equal(caughtCode(message), isScript ? 'REDIS_INVALID_SCRIPT' : 'REDIS_INVALID_SETTINGS', field);
      const named = new RegExp(`^"(?:${field}|[^"(]+ \\(${field}\\))" must be`, 'i');
      if (!isScript) assert.match(flow.status(`node${index}`)?.text ?? '', named);
    }
  });
});
