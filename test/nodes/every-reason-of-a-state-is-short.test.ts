import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/package-root';

/** Where the errors are made with which a connection waits or is refused. */
const MADE_IN: Readonly<Record<string, readonly string[]>> = {
  mqtt: ['src/drivers/mqtt/connect-error.ts', 'src/drivers/mqtt/normalise-profile.ts'],
  redis: [
    'src/drivers/redis/connect-error.ts',
    'src/drivers/redis/server-info.ts',
    'src/drivers/redis/normalise-profile.ts',
  ],
  http: ['src/drivers/http/open-socket.ts', 'src/drivers/http/normalise-profile.ts'],
};
const FROM_THE_POOL = ['CONNECT_TIMEOUT', 'DRIVER_FAILED', 'POOL_CLOSED'];

describe('every reason why there is no connection', () => {
  for (const [protocol, files] of Object.entries(MADE_IN)) {
    it(`has a few words for the status: ${protocol}`, () => {
      const profile = `pool-${protocol}-profile`;
      const catalogue = JSON.parse(read(join('nodes', 'locales', 'en-US', `${profile}.json`))) as Record<
        string,
        { readonly status: { readonly reasons: Readonly<Record<string, string>> } }
      >;
      const reasons = catalogue[profile]?.status.reasons ?? {};
      const own = new RegExp(`'(${protocol.toUpperCase()}_[A-Z_]+)'`, 'g');
      const codes = files.flatMap((file) => [...read(file).matchAll(own)].map(([, code = '']) => code));
      assert.ok(codes.length > 1);
      const without = [...new Set([...codes, ...FROM_THE_POOL])].filter((code) => !reasons[code]);
      assert.deepEqual(without, []);
      const long = Object.values(reasons).filter((text) => text.length > 60);
      assert.deepEqual(long, []);
    });
  }
});

function read(path: string): string {
  return readFileSync(join(packageRoot, path), 'utf8');
}
