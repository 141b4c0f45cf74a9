import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Pool } from '../../../src/core/pool';
import { testProfile } from '../../../src/core/test-profile';
import { mqttDriver } from '../../../src/drivers/mqtt/mqtt-driver';
import { useTeardown } from '../../support/teardown';

/** Far longer than the test may take: nobody waits for it. */
const PATIENCE_MILLIS = 600_000;

/** What servers say first, before they are asked. */
const GREETINGS: Readonly<Record<string, string>> = {
  'a mail server': '220 mail.example ESMTP\r\n',
  'an SSH server': 'SSH-2.0-OpenSSH_9.6\r\n',
  MySQL: '\x4a\x00\x00\x00\x0a8.0.36\x00',
  'a Redis server that is full': '-ERR max number of clients reached\r\n',
  'a name in letters that begin like PUBLISH': '0123456789',
};

describe('MQTT: a server of another kind', () => {
  const teardown = useTeardown();

  for (const [name, greeting] of Object.entries(GREETINGS)) {
    for (const protocolVersion of ['auto', 4] as const) {
      it(`is told by its first words: ${name} (${protocolVersion})`, async () => {
        const server = createServer((socket) => {
          socket.on('error', () => socket.destroy());
          socket.write(Buffer.from(greeting, 'latin1'));
        });
        teardown.defer(() => server.close());
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const pool = teardown.closeLater(new Pool());
        const result = await testProfile(pool, mqttDriver, { brokers: [url], protocolVersion }, PATIENCE_MILLIS);
        assert.ok(!result.ok);
        assert.equal(result.error.code, 'MQTT_BAD_PROTOCOL', result.error.message);
        assert.equal(
          result.error.message,
          `What answers at ${url} does not speak MQTT; check port and scheme (mqtt, mqtts, ws, wss).`,
        );
        assert.equal(result.failed, 'login');
      });
    }
  }

  it('that says nothing is waited for no longer than the profile says', async () => {
    const server = createServer((socket) => void socket.on('error', () => socket.destroy()));
    teardown.defer(() => server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pool = teardown.closeLater(new Pool());
    const profile = { brokers: [url], connectTimeoutMillis: 100 };
    const result = await testProfile(pool, mqttDriver, profile, PATIENCE_MILLIS);
    assert.ok(!result.ok);
    assert.match(result.error.message, /took the connection \(TCP\), but did not answer the login within 0\.1 s: /);
  });
});
