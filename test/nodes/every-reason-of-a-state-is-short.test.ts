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

type Catalogues = Readonly<
  Record<
    string,
    { readonly status: { readonly reasons: Readonly<Record<string, string>>; readonly [key: string]: unknown } }
  >
>;

describe('every reason why there is no connection', () => {
  for (const [protocol, files] of Object.entries(MADE_IN)) {
    it(`has a few words for the status: ${protocol}`, () => {
      const profile = `pool-${protocol}-profile`;
      const catalogue = JSON.parse(read(join('nodes', 'locales', 'en-US', `${profile}.json`))) as Catalogues;
      const reasons = catalogue[profile]?.status.reasons ?? {};
      const own = new RegExp(`'(${protocol.toUpperCase()}_[A-Z_]+)'`, 'g');
      const codes = files.flatMap((file) => [...read(file).matchAll(own)].map(([, code = '']) => code));
      assert.ok(codes.length > 1);
      const without = [...new Set([...codes, ...FROM_THE_POOL])].filter((code) => !reasons[code]);
      assert.deepEqual(without, []);
    });
  }
});

/** As many columns as a text takes: the signs of Chinese and Japanese are twice as wide. */
const columns = (text: string) => text.length + (text.match(/[\u2e80-\uffef]/g) ?? []).length;

describe('statuses in every language', () => {
  for (const language of ['en-US', 'de', 'ja', 'zh-CN']) {
    for (const protocol of Object.keys(MADE_IN)) {
      it(`are short, and say first how much waits: ${language}, ${protocol}`, () => {
        const profile = `pool-${protocol}-profile`;
        const { status } =
          (JSON.parse(read(join('nodes', 'locales', language, `${profile}.json`))) as Catalogues)[profile] ?? {};
        assert.ok(status);
        const { reasons, ...lines } = status;
        assert.deepEqual(
          Object.values(reasons).filter((text) => columns(text) > 60),
          [],
        );
        const texts = Object.values(lines).filter((text) => typeof text === 'string');
        assert.deepEqual(
          texts.filter((text) => columns(text.replace(/__\w+?__/g, '')) > 40),
          [],
        );
        for (const line of [lines['queued'], lines['outbox-in-memory']]) assert.match(String(line), /^__count__/);
      });
    }
  }
});

function read(path: string): string {
  return readFileSync(join(packageRoot, path), 'utf8');
}
