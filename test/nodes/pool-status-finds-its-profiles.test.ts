import assert from 'node:assert/strict';
import { WatchedProfiles } from '../../src/runtime/pool-status/watched-profiles';

describe('the profiles a pool-status node watches', () => {
  const all = [
    { id: 'm', type: 'pool-mqtt-profile' },
    { id: 'r', type: 'pool-redis-profile' },
    { id: 'em', type: 'pool-edgex-profile', bus: 'mqtt', mqttProfile: 'm', redisProfile: '' },
    { id: 'er', type: 'pool-edgex-profile', bus: 'redis', mqttProfile: 'm', redisProfile: 'r' },
  ];
  const running = new Map([
    ['m-1', { _alias: 'm', z: 'instance-1' }],
    ['m-2', { _alias: 'm', z: 'instance-2' }],
    ['em-1', { _alias: 'em', z: 'instance-1' }],
  ]);
  const runtime = {
    eachNode: (visit: (settings: object) => void) => all.forEach(visit),
    getNode: (id: string) => running.get(id) ?? null,
  };
  const ids = [...all.map(({ id }) => id), ...running.keys(), 'gone'];
  const watched = (chosen: unknown, flow = 'tab') => {
    const profiles = new WatchedProfiles(chosen, runtime, flow);
    const found = ids.filter((id) => profiles.has(id));
    assert.equal(profiles.isEmpty, found.length === 0);
    return found;
  };

  it('are those that exist', () => {
    assert.deepEqual(watched(['m', 'r', 'gone', '']), ['m', 'r']);
  });

  it('are, for EdgeX, those whose connection carries it', () => {
    assert.deepEqual(watched(['em']), ['m']);
    assert.deepEqual(watched(['er', 'em']), ['m', 'r']);
  });

  it('are none when the settings are odd', () => {
    for (const odd of [undefined, null, '', {}, [1, null], 7]) assert.deepEqual(watched(odd), []);
  });

  it('are, in a subflow, those of its own instance', () => {
    assert.deepEqual(watched(['m', 'r'], 'instance-1'), ['m', 'r', 'm-1']);
    assert.deepEqual(watched('m-2', 'instance-2'), ['m', 'm-2']);
    assert.deepEqual(watched('em-1', 'instance-1'), ['m', 'm-1']);
  });
});
