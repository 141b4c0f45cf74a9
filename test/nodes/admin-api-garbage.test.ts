import assert from 'node:assert/strict';
import { startAdminApi } from '../support/admin-api';
import { type Random, seeds, withSeed } from '../support/random';
import { useTeardown } from '../support/teardown';

const REQUESTS = 400;
const NAMES = [
  'id',
  'type',
  'typ',
  'properties',
  'props',
  'settings',
  'credentials',
  'server',
  'password',
  'port',
  'url',
];
const NAMES_MORE = [
  'named',
  'tls',
  'mode',
  'host',
  'sentinels',
  'userProps',
  'will',
  'keepalive',
  'cert',
  'toString',
  '',
];
const VALUES = [
  'mqtt',
  'redis',
  'http',
  '',
  '${HOME}',
  '${',
  '__PWRD__',
  '********',
  'a\0b',
  '\ud800',
  'x'.repeat(5000),
];
const OTHERS = [null, true, 0, -1, 1e308, 1883, [], {}, [[]]];
const PATHS = [
  'profiles',
  'profiles/a',
  'profiles/%5F_proto__',
  'profiles/toString',
  'connections/mqtt',
  'test',
  'connections/x/pause',
];

describe('the admin API: whatever is sent', function () {
  this.timeout(90_000);
  const teardown = useTeardown();

  it('gets an answer as described, and never a mistake of the server', async () => {
    const api = await startAdminApi(teardown, { flow: [] });
    for (const seed of seeds(1)) {
      await withSeed(seed, async (random) => {
        for (let count = 0; count < REQUESTS; count += 1) {
          const path = random.pick(PATHS) + random.pick(['', '', '?force=true', '?force[a]=b', '?%']);
          const method = random.pick(['GET', 'POST', 'PUT', 'DELETE']);
          const json = method === 'GET' ? undefined : anything(random, 0);
          // Nothing that is made up here may connect to anywhere.
          if (path.startsWith('test') && isTestable(json)) continue;
          const { status, body } = await api.call(method, path, { json });
          assert.ok(status < 500, `${method} ${path} ${JSON.stringify(json)}: ${status} ${JSON.stringify(body)}`);
        }
      });
    }
  });

  function isTestable(json: unknown): boolean {
    return typeof json === 'object' && json !== null && 'type' in json && 'settings' in json;
  }

  function anything(random: Random, depth: number): unknown {
    if (depth > 0 && random.chance(0.5)) return random.pick<unknown>(random.chance(0.6) ? VALUES : OTHERS) ?? null;
    const names = Array.from({ length: random.int(0, 5) }, () => random.pick(random.chance(0.6) ? NAMES : NAMES_MORE));
    const entries = names.map((name) => [name, depth > 3 ? 1 : anything(random, depth + 1)] as const);
    const made = Object.fromEntries(entries);
    // Often enough what is wrong is to be further down.
    const likely = { type: random.pick(['mqtt', 'redis', 'http']), properties: made };
    return depth === 0 && random.chance(0.6) ? likely : made;
  }
});
