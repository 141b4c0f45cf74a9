import assert from 'node:assert/strict';
import { SeenNames } from '../../src/core/seen-names';
import { SeenByRedis } from '../../src/drivers/redis/key-kinds';
import { type SeenKind, suggest } from '../../src/runtime/seen-names/suggestions';

describe('suggestions of names', () => {
  function seenTopics(...topics: string[]): SeenNames[] {
    const seen = new SeenNames();
    for (const topic of topics) seen.of('topic').note(topic);
    return [seen];
  }
  const names = (seen: SeenNames[], kind: SeenKind, typed = '', base?: string) =>
    suggest(seen, kind, { typed, limit: 50, base }).names;

  it('begin with what was typed, or contain it', () => {
    const seen = [...seenTopics('plant/b', 'plant/a', 'b/Plant'), ...seenTopics('other', 'plant/a')];
    assert.deepEqual(names(seen, 'topic', 'PLANT'), ['plant/a', 'plant/b', 'b/Plant']);
    assert.deepEqual(names(seen, 'topic', 'nothing'), []);
  });

  it('are as many as asked for, of thousands', () => {
    const seen = seenTopics(...Array.from({ length: 1000 }, (_, index) => `a/${index}/b`));
    const { names: found, more } = suggest(seen, 'filter', { typed: '', limit: 20 });
    assert.deepEqual([found.length, more, found[0], found[1]], [20, true, '#', 'a/#']);
  });

  it('for filters are topics, what is below their levels, and what they have in common', () => {
    const seen = seenTopics('plant/one/heat', 'plant/two/heat', 'plant/two/fan');
    assert.deepEqual(names(seen, 'filter', 'plant/'), [
      'plant/#',
      'plant/one/#',
      'plant/two/#',
      'plant/+/heat',
      'plant/one/heat',
      'plant/two/fan',
      'plant/two/heat',
    ]);
    assert.deepEqual(names(seen, 'filter', 'plant/T'), ['plant/two/#', 'plant/two/fan', 'plant/two/heat']);
    assert.deepEqual(names(seen, 'filter', 'plant/+/'), ['plant/+/#', 'plant/+/+', 'plant/+/fan', 'plant/+/heat']);
    assert.deepEqual(names(seen, 'filter', 'plant/+'), ['plant/+/fan', 'plant/+/heat']);
    assert.deepEqual(names(seen, 'filter', 'plant/#/x'), []);
  });

  it('for filters leave the group of a shared subscription where it is', () => {
    assert.deepEqual(names(seenTopics('a/b'), 'filter', '$share/g/a/'), ['$share/g/a/#', '$share/g/a/b']);
  });

  it("for filters don't match the server's own topics by a wildcard at the beginning", () => {
    assert.deepEqual(names(seenTopics('$SYS/load'), 'filter', ''), ['$SYS/#', '$SYS/load']);
  });

  it('know the names of EdgeX in its topics, on either bus', () => {
    const topic = 'edgex/events/device/svc/pumps/pump%2F7/flow';
    const seen = new SeenNames();
    seen.of('channel').note('edgex.events.device.svc.pumps.pump-8.flow');
    seen.of('channel').note('elsewhere');
    const both = [...seenTopics(topic, 'edgex/events/device/old/old-pump/old-flow', 'edgex/system'), seen];
    assert.deepEqual(names(both, 'device', '', 'edgex'), ['old-pump', 'pump-8', 'pump/7']);
    assert.deepEqual(names(both, 'deviceProfile', '', 'edgex'), ['old', 'pumps']);
    assert.deepEqual(names(both, 'source', '', 'edgex'), ['flow', 'old-flow']);
    assert.deepEqual(names(both, 'service', '', 'edgex'), ['svc']);
    assert.deepEqual(names(both, 'topic', 'sys', 'edgex'), ['system']);
    assert.deepEqual(names(both, 'topic', 'edgex/sys', ''), ['edgex/system']);
  });

  it('of Redis are keys and channels, never values', () => {
    const seen = new SeenNames();
    const redis = new SeenByRedis(seen);
    redis.command({ name: 'SET', args: ['user:1', 'secret-value'] });
    redis.command({ name: 'LPUSH', args: ['jobs', 'secret-value'] });
    redis.command({ name: 'PUBLISH', args: ['news', 'secret-value'] });
    redis.command({ name: 'EVAL', args: ['return 1', '1', 'counter', 'secret-value'] });
    redis.command({ name: 'EVAL', args: ['return 1', '0', 'secret-value'] });
    redis.command({ name: 'AUTH', args: ['secret-value'] });
    redis.channel('__keyspace@0__:expiring');
    redis.channel('__keyevent@0__:del');
    redis.taken('stream', 'orders');
    assert.deepEqual(names([seen], 'key'), ['counter', 'expiring', 'jobs', 'orders', 'user:1']);
    assert.deepEqual(names([seen], 'channel'), ['news']);
    assert.deepEqual(names([seen], 'list'), ['jobs']);
    assert.deepEqual(names([seen], 'stream'), ['orders']);
  });
});
