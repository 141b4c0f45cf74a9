import assert from 'node:assert/strict';
import { LookupCache } from '../../src/runtime/redis-command/lookup-cache';

describe('the cache of lookups', () => {
  it('forgets a reply when its time is over', () => {
    let now = 0;
    const cache = new LookupCache(1000, 10, () => now);
    cache.set('a', 'value');
    cache.set('none', null);
    now = 999;
    assert.deepEqual([cache.get('a'), cache.get('none'), cache.get('other')], ['value', null, undefined]);
    now = 1000;
    assert.deepEqual([cache.get('a'), cache.get('none')], [undefined, undefined]);
    assert.equal(cache.size, 0);
  });

  it('does not live longer for being used', () => {
    let now = 0;
    const cache = new LookupCache(1000, 10, () => now);
    cache.set('a', 'value');
    now = 900;
    cache.get('a');
    now = 1100;
    assert.equal(cache.get('a'), undefined);
  });

  it('forgets what was not used for longest when it is full', () => {
    const cache = new LookupCache(1000, 2, () => 0);
    cache.set('a', '1');
    cache.set('b', '2');
    cache.get('a');
    cache.set('c', '3');
    assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], ['1', undefined, '3']);
    assert.equal(cache.size, 2);
  });

  it('keeps nothing without a time', () => {
    const cache = new LookupCache(0, 10);
    cache.set('a', '1');
    assert.equal(cache.get('a'), undefined);
  });
});
