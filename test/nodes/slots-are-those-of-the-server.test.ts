import assert from 'node:assert/strict';
import { slotsOfMasters } from '../../src/runtime/redis-command/cluster-routes';
import { slotOf } from '../../src/runtime/redis-command/cluster-slot';

describe('the slot of a key', () => {
  it('is the one that the specification of Redis Cluster gives', () => {
    // Its reference value: CRC-16 of "123456789" is 0x31C3.
    assert.equal(slotOf('123456789'), 0x31c3 % 16384);
    assert.equal(slotOf('foo'), 12182);
    assert.equal(slotOf(''), 0);
  });

  it('belongs to a master, which may have several ranges', () => {
    const masters = slotsOfMasters([
      [0, 1, ['127.0.0.1', 1, 'a'], ['127.0.0.1', 4, 'replica']],
      [2, 3, ['127.0.0.1', 2, Buffer.from('b')]],
      [4, 4, ['127.0.0.1', 1, 'a']],
    ]);
    assert.deepEqual(
      [...masters].map(([id, slots]) => [id, [...slots]]),
      [
        ['a', [0, 1, 4]],
        ['b', [2, 3]],
      ],
    );
    assert.equal(slotsOfMasters(null).size, 0);
  });
});
