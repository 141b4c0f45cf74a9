import assert from 'node:assert/strict';
import type { SinkRow } from '../../src/runtime/redis-sink/sink-row';
import { readSinkSettings } from '../../src/runtime/redis-sink/sink-settings';
import { toCommands } from '../../src/runtime/redis-sink/to-commands';

const KINDS = ['insert', 'update', 'upsert', 'delete'] as const;

/** The commands for each row kind, or the code of the error. */
function byKind(settings: Record<string, unknown>, row: Partial<SinkRow> = {}): Record<string, string> {
  const made = (rowKind: string) => {
    try {
      const list = toCommands({ key: 'k', value: 'v', ...row, rowKind }, readSinkSettings(settings));
      return list.map(({ name, args }) => [name, ...args.map(String)].join(' ')).join('; ');
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
  };
  return Object.fromEntries(KINDS.map((kind) => [kind, made(kind)]));
}

const NONE = 'REDIS_INVALID_ROW_KIND';

describe('row kinds of a redis sink', () => {
  const cases: [string, Record<string, unknown>, Partial<SinkRow>, [string, string, string, string]][] = [
    ['a string', {}, {}, ['SET k v NX', 'SET k v XX', 'SET k v', 'DEL k']],
    ['a string with a condition', { condition: 'xx' }, {}, ['SET k v NX', 'SET k v XX', 'SET k v XX', 'DEL k']],
    ['a field', { structure: 'hash' }, { field: 'f' }, ['HSETNX k f v', NONE, 'HSET k f v', 'HDEL k f']],
    [
      'a hash',
      { structure: 'hash' },
      { value: { a: 1, b: 2 } },
      ['HSETNX k a 1; HSETNX k b 2', NONE, 'HSET k a 1 b 2', 'DEL k'],
    ],
    ['a list', { structure: 'list' }, {}, ['RPUSH k v', 'RPUSHX k v', 'RPUSH k v', 'LREM k 0 v']],
    ['a set', { structure: 'set' }, {}, ['SADD k v', NONE, 'SADD k v', 'SREM k v']],
    [
      'a sorted set',
      { structure: 'sorted-set' },
      { score: 1 },
      ['ZADD k NX 1 v', 'ZADD k XX 1 v', 'ZADD k 1 v', 'ZREM k v'],
    ],
    [
      'members with their scores',
      { structure: 'sorted-set' },
      {
        value: [
          { value: 'm', score: 1 },
          { value: 'n', score: 2 },
        ],
      },
      ['ZADD k NX 1 m 2 n', 'ZADD k XX 1 m 2 n', 'ZADD k 1 m 2 n', 'ZREM k m n'],
    ],
    [
      'a stream',
      { structure: 'stream' },
      { field: 'f', entryId: '5-1' },
      ['XADD k 5-1 f v', 'XADD k NOMKSTREAM 5-1 f v', 'XADD k 5-1 f v', 'XDEL k 5-1'],
    ],
    [
      'a stream without an id',
      { structure: 'stream' },
      { field: 'f' },
      ['XADD k * f v', 'XADD k NOMKSTREAM * f v', 'XADD k * f v', NONE],
    ],
    ['a channel', { structure: 'publish' }, {}, [NONE, NONE, 'PUBLISH k v', NONE]],
    ['a counter', { structure: 'counter' }, { value: 1 }, [NONE, NONE, 'INCRBY k 1', NONE]],
    ['delete', { structure: 'delete' }, {}, [NONE, NONE, 'UNLINK k', 'UNLINK k']],
  ];
  for (const [name, settings, row, expected] of cases) {
    it(name, () => assert.deepEqual(Object.values(byKind(settings, row)), expected));
  }

  it('are upsert where there is none, and none but these four', () => {
    const settings = readSinkSettings({});
    for (const rowKind of [undefined, null, '']) {
      assert.equal(toCommands({ key: 'k', value: 'v', rowKind }, settings)[0]?.name, 'SET');
    }
    for (const rowKind of ['replace', 'Insert', 5, {}]) {
      assert.throws(() => toCommands({ key: 'k', value: 'v', rowKind }, settings), { code: NONE });
    }
  });

  it('delete does not set an expiry', () => {
    assert.equal(byKind({ structure: 'set' }, { expirySeconds: 5 })['delete'], 'SREM k v');
  });
});
