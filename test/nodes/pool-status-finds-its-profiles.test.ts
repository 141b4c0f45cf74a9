import assert from 'node:assert/strict';
import { watchedProfiles } from '../../src/runtime/pool-status/watched-profiles';

describe('the profiles a pool-status node watches', () => {
  const all = [
    { id: 'm', type: 'pool-mqtt-profile' },
    { id: 'r', type: 'pool-redis-profile' },
    { id: 'em', type: 'pool-edgex-profile', bus: 'mqtt', mqttProfile: 'm', redisProfile: '' },
    { id: 'er', type: 'pool-edgex-profile', bus: 'redis', mqttProfile: 'm', redisProfile: 'r' },
  ];
  const watched = (chosen: unknown) => [...watchedProfiles(chosen, (visit) => all.forEach(visit))];

  it('are those that exist', () => {
    assert.deepEqual(watched(['m', 'r', 'gone', '']), ['m', 'r']);
  });

  it('are, for EdgeX, those whose connection carries it', () => {
    assert.deepEqual(watched(['em']), ['m']);
    assert.deepEqual(watched(['er', 'em']), ['m', 'r']);
  });

  it('are none when the settings are odd', () => {
    for (const odd of [undefined, null, 'm', {}, [1, null]]) assert.deepEqual(watched(odd), []);
  });
});
