/** What sharing makes different is said of what moves, and of nothing else. */
import assert from 'node:assert/strict';
import { plan } from '../support/move-over';

async function different(family: 'mqtt' | 'redis', flow: readonly object[]): Promise<readonly string[]> {
  const { summarise } = await import('../../src/editor/move-over/summary.mjs');
  return summarise(await plan(family, flow)).different;
}

describe('move over: what sharing makes different', () => {
  const flow = { z: 'flow', broker: 'c', server: 'c' };
  const broker = { id: 'c', type: 'mqtt-broker', broker: 'host' };
  const server = { id: 'c', type: 'redis-config', options: '{}', optionsType: 'json' };
  const cases: [string, 'mqtt' | 'redis', object[], string[]][] = [
    ['an mqtt in', 'mqtt', [broker, { ...flow, id: '1', type: 'mqtt in' }], ['retained']],
    ['an mqtt out', 'mqtt', [broker, { ...flow, id: '1', type: 'mqtt out' }], ['queue']],
    [
      'a broker with a will',
      'mqtt',
      [
        { ...broker, willTopic: 'gone' },
        { ...flow, id: '1', type: 'mqtt out' },
      ],
      ['queue', 'lifecycle'],
    ],
    ['a broker that nobody uses', 'mqtt', [{ ...broker, willTopic: 'gone' }], []],
    [
      'a redis-in',
      'redis',
      [server, { ...flow, id: '1', type: 'redis-in', command: 'blpop', topic: 'k' }],
      ['redisSource'],
    ],
    [
      'a redis-out',
      'redis',
      [server, { ...flow, id: '1', type: 'redis-out', command: 'rpush', topic: 'k' }],
      ['redisErrors', 'redisValues', 'redisEmpty'],
    ],
    [
      'a redis-lua-script',
      'redis',
      [server, { ...flow, id: '1', type: 'redis-lua-script', func: '', keyval: 0 }],
      ['redisErrors', 'redisValues'],
    ],
    ['a redis-instance, which stays', 'redis', [server, { ...flow, id: '1', type: 'redis-instance' }], []],
  ];
  for (const [title, family, nodes, expected] of cases) {
    it(title, async () => {
      assert.deepEqual(await different(family, nodes), expected);
    });
  }
});
