import assert from 'node:assert/strict';
import { Command, type Redis } from 'ioredis';
import type { RedisReply } from '../../src/drivers/redis/session';
import { readReply } from '../../src/runtime/redis-command/read-reply';
import { toCommand } from '../../src/runtime/redis-command/to-command';
import { type RedisServer, startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

describe('replies become objects where they mean that', () => {
  const teardown = useTeardown();

  /** As the server answers, over either protocol, read in a format. */
  async function asker(server: RedisServer, protocol: 2 | 3) {
    const client = (await server.client({ protocol })) as Redis;
    return async (line: unknown[] | string, format: 'string' | 'json' | 'buffer' | 'auto' = 'string') => {
      const command = toCommand(line);
      const sent = new Command(command.name, [...command.args], { replyEncoding: null });
      const reply = (await client.sendCommand(sent)) as RedisReply;
      return readReply(command, reply, { format, objects: true });
    };
  }

  for (const protocol of [2, 3] as const) {
    it(`over RESP${protocol}`, async () => {
      const server = teardown.stopLater(await startRedis());
      const ask = await asker(server, protocol);
      await ask('HSET h a 1 __proto__ 2');
      const hash = (await ask('HGETALL h')) as Record<string, unknown>;
      assert.deepEqual(Object.entries(hash), [
        ['a', '1'],
        ['__proto__', '2'],
      ]);
      assert.deepEqual(await ask('HGETALL none'), {});
      assert.deepEqual(await ask('HRANDFIELD none 2 WITHVALUES'), []);
      await ask('ZADD z 1.5 a inf b -inf c');
      const scored = [
        { value: 'c', score: Number.NEGATIVE_INFINITY },
        { value: 'a', score: 1.5 },
        { value: 'b', score: Number.POSITIVE_INFINITY },
      ];
      assert.deepEqual(await ask('ZRANGE z 0 -1 withscores'), scored);
      assert.deepEqual(await ask('ZRANGE z 0 1 WITHSCORES'), scored.slice(0, 2));
      assert.deepEqual(await ask('ZRANGE z 0 -1'), ['c', 'a', 'b']);
      assert.equal(await ask('ZSCORE z a'), 1.5);
      assert.deepEqual(await ask('ZMSCORE z a none'), [1.5, null]);
      assert.deepEqual(await ask('ZMPOP 1 z MIN'), { key: 'z', items: [scored[0]] });
      assert.equal(await ask('ZMPOP 1 none MIN'), null);
      assert.deepEqual(await ask('ZPOPMAX z'), [scored[2]]);
      await ask('XADD s 1-0 field {"x":1} other 2');
      const entry = { id: '1-0', fields: { field: { x: 1 }, other: 2 } };
      assert.deepEqual(await ask('XRANGE s - +', 'json'), [entry]);
      assert.deepEqual(await ask('XREAD COUNT 1 STREAMS s 0', 'json'), { s: [entry] });
      assert.equal(await ask('XREAD STREAMS s $'), null);
      await ask('XGROUP CREATE s g 0');
      assert.deepEqual(await ask('XREADGROUP GROUP g me STREAMS s >', 'json'), { s: [entry] });
      assert.deepEqual(await ask('XPENDING s g'), { count: 1, first: '1-0', last: '1-0', consumers: { me: 1 } });
      const [pending] = (await ask('XPENDING s g - + 10')) as Record<string, unknown>[];
      assert.deepEqual([pending?.['id'], pending?.['consumer'], pending?.['deliveries']], ['1-0', 'me', 1]);
      const stream = (await ask('XINFO STREAM s', 'json')) as Record<string, unknown>;
      assert.deepEqual([stream['length'], stream['first-entry']], [1, entry]);
      const [group] = (await ask('XINFO GROUPS s')) as Record<string, unknown>[];
      assert.equal(group?.['name'], 'g');
      const claimed = await ask('XAUTOCLAIM s g other 0 0', 'json');
      assert.deepEqual(claimed, { next: '0-0', entries: [entry], deleted: [] });
      assert.deepEqual(await ask('CONFIG GET maxmemory'), { maxmemory: '0' });
      assert.equal(((await ask('INFO server')) as Record<string, unknown>)['redis_mode'], 'standalone');
      assert.equal(((await ask('CLIENT INFO')) as Record<string, unknown>)['name'], 'test-support');
      assert.ok(Array.isArray(await ask('CLIENT LIST')));
      assert.deepEqual(await ask('PUBSUB NUMSUB c'), { c: 0 });
      await ask('GEOADD g 13.5 52.5 Berlin');
      const [place] = (await ask('GEOPOS g Berlin none')) as Record<string, number>[];
      assert.equal(place?.['longitude']?.toFixed(2), '13.50');
      assert.equal(((await ask('FUNCTION STATS')) as Record<string, unknown>)['running_script'], null);
      assert.deepEqual(await ask('FUNCTION LIST'), []);
      assert.ok(Number(((await ask('MEMORY STATS')) as Record<string, unknown>)['keys.count']) >= 3);
      const scan = (await ask('HSCAN h 0')) as { cursor: string; items: Record<string, string> };
      assert.deepEqual([scan.cursor, scan.items['a']], ['0', '1']);
      const [slow] = (await ask('CONFIG SET slowlog-log-slower-than 0'), await ask('SLOWLOG GET 1')) as object[];
      assert.ok(slow && 'command' in slow);
    });
  }

  it('with values in the format of the node, and names as text', async () => {
    const server = teardown.stopLater(await startRedis());
    const ask = await asker(server, 3);
    await ask(['SET', '1', Buffer.from([0xff, 0xfe])]);
    assert.deepEqual(await ask('GET 1', 'buffer'), Buffer.from([0xff, 0xfe]));
    assert.deepEqual(await ask('GET 1', 'auto'), Buffer.from([0xff, 0xfe]));
    assert.deepEqual(await ask('KEYS *', 'auto'), ['1']);
    assert.deepEqual(await ask('KEYS *', 'json'), ['1']);
    assert.deepEqual(await ask('KEYS *', 'buffer'), [Buffer.from('1')]);
    assert.equal(await ask('SET 2 {"x":1}', 'json'), 'OK');
    assert.deepEqual(await ask('GET 2', 'json'), { x: 1 });
    assert.deepEqual(await ask('MGET 2 none', 'auto'), [{ x: 1 }, null]);
    assert.match(String(await ask('XADD s * a b', 'json')), /^\d+-0$/);
    assert.equal(await ask('TYPE s', 'json'), 'stream');
    assert.equal(await ask('PING', 'json'), 'PONG');
    await ask('SET 3 text');
    await assert.rejects(ask('GET 3', 'json'), { code: 'INVALID_JSON' });
  });
});
