import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import english from '../../nodes/locales/en-US/pool-mqtt-profile.json';
import type { ConnectionState } from '../../src/core/connection-state';
import { PoolError } from '../../src/core/errors';
import { ConnectionLog } from '../../src/runtime/connection-log';
import { nodeTexts } from '../../src/runtime/texts';

function logOf(): { lines: string[]; enter: (state: ConnectionState) => void; log: ConnectionLog } {
  const lines: string[] = [];
  const line = (level: string) => (text: string) => lines.push(`${level} ${text}`);
  const node = { log: line('info'), warn: line('warn'), error: line('error') } as unknown as Node;
  const log = new ConnectionLog(
    node,
    nodeTexts((key) => key, 'pool-mqtt-profile', english),
  );
  return { lines, log, enter: (state) => log.enter('key', 'me@host', state) };
}

function failure(kind: 'waiting' | 'refused', code: string, since = 0): ConnectionState {
  return { kind, since, attempt: 1, nextAttemptAt: 0, error: new PoolError(code, `${code} in words.`) };
}

describe('the log of a profile', () => {
  it('tells each change once, however many nodes pass it on', () => {
    const { lines, enter } = logOf();
    const connected: ConnectionState = { kind: 'connected', since: 1 };
    enter(connected);
    enter(connected);
    enter({ kind: 'idle', since: 2 });
    assert.deepEqual(lines, ['info Connected to broker: me@host', 'info Disconnected from broker: me@host']);
  });

  it('tells a failure once for each code until a connection has held for a while', () => {
    const { lines, enter } = logOf();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      enter({ kind: 'connecting', since: 0, attempt });
      enter(failure('waiting', 'A'));
    }
    enter(failure('refused', 'B'));
    enter(failure('refused', 'B'));
    assert.deepEqual(lines, ['warn A in words. (A)', 'error B in words. (B)']);
    enter({ kind: 'connected', since: 1 });
    enter(failure('waiting', 'A', 2));
    assert.equal(lines.length, 4, 'connected, disconnected');
    enter({ kind: 'connected', since: 3 });
    enter(failure('waiting', 'A', 60_000));
    assert.equal(lines.length, 7, 'connected, disconnected, A');
  });

  it('tells that the profile left a connection, if it was connected', () => {
    const { lines, enter, log } = logOf();
    enter({ kind: 'connecting', since: 0, attempt: 1 });
    log.leave('key', 'me@host', false);
    assert.deepEqual(lines, []);
    enter({ kind: 'connected', since: 0 });
    log.leave('key', 'me@host', false);
    assert.equal(lines.at(-1), 'info Disconnected from broker: me@host');
  });

  it('tells that a connection goes on for others when the profile leaves it', () => {
    const { lines, enter, log } = logOf();
    enter({ kind: 'connected', since: 0 });
    log.leave('key', 'me@host', true);
    assert.deepEqual(lines, [
      'info Connected to broker: me@host',
      'info This profile no longer uses the connection, which stays open for others: me@host',
    ]);
  });
});
