import assert from 'node:assert/strict';
import english from '../../nodes/locales/en-US/pool-mqtt-profile.json';
import { PoolError } from '../../src/core/errors';
import { connectionStatus, queueingStatus, reasonOf, refusedFilterStatus } from '../../src/runtime/status';
import { nodeTexts } from '../../src/runtime/texts';

const texts = nodeTexts((key) => key, 'pool-mqtt-profile', english);
const NOON = new Date(2026, 0, 2, 12, 1, 30).getTime();
const failed = (error: PoolError) => ({ since: 0, attempt: 1, nextAttemptAt: NOON, error });
const refusal = new PoolError('MQTT_BAD_CREDENTIALS', 'long words', { kind: 'refused' });

describe('the status of a node', () => {
  it("uses the catalogue's words and colours", () => {
    const words = (kind: 'connected' | 'idle') => connectionStatus({ kind, since: 0 }, texts);
    assert.deepEqual(words('connected'), { fill: 'green', shape: 'dot', text: 'node-red:common.status.connected' });
    assert.deepEqual(words('idle'), { fill: 'red', shape: 'ring', text: 'node-red:common.status.disconnected' });
    assert.deepEqual(connectionStatus(undefined, texts), words('idle'));
    assert.deepEqual(connectionStatus({ kind: 'connecting', since: 0, attempt: 1 }, texts), {
      fill: 'yellow',
      shape: 'ring',
      text: 'node-red:common.status.connecting',
    });
  });

  it('tells reason and time of the next attempt', () => {
    const cause = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const unreachable = new PoolError('MQTT_BROKER_UNREACHABLE', 'x', { cause });
    assert.deepEqual(connectionStatus({ kind: 'waiting', ...failed(unreachable) }, texts), {
      fill: 'red',
      shape: 'ring',
      text: 'disconnected: nothing answers at this address, next attempt 12:01:30',
    });
    assert.deepEqual(connectionStatus({ kind: 'refused', ...failed(refusal) }, texts), {
      fill: 'red',
      shape: 'dot',
      text: 'bad user name or password, next attempt 12:01:30',
    });
  });

  it('tells that an operator paused it', () => {
    const paused = { kind: 'idle', since: 0, paused: true } as const;
    assert.deepEqual(connectionStatus(paused, texts), { fill: 'grey', shape: 'ring', text: 'paused' });
    assert.equal(queueingStatus(paused, 3, texts).text, '3 queued, paused');
  });

  it('counts the queue while it is not connected', () => {
    const counted = (state: Parameters<typeof queueingStatus>[0]) => queueingStatus(state, 12, texts).text;
    assert.equal(counted(undefined), '12 queued, disconnected');
    assert.equal(counted({ kind: 'connecting', since: 0, attempt: 1 }), '12 queued, connecting');
    assert.equal(
      counted({ kind: 'refused', ...failed(refusal) }),
      '12 queued, bad user name or password, next attempt 12:01:30',
    );
    assert.equal(counted({ kind: 'connected', since: 0 }), 'node-red:common.status.connected');
  });

  it('names a refused filter', () => {
    const error = new PoolError('MQTT_SUBSCRIPTION_REFUSED', 'x');
    assert.equal(refusedFilterStatus('a/b', error, texts).text, 'a/b refused: not authorised');
  });

  it('says what the error says where it has no words of its own', () => {
    assert.equal(reasonOf(new PoolError('SOMETHING_NEW', 'It broke.'), texts), 'It broke.');
  });
});
