import assert from 'node:assert/strict';
import type { SinkRow } from '../../src/runtime/redis-sink/sink-row';
import { readSinkSettings } from '../../src/runtime/redis-sink/sink-settings';
import { toCommands } from '../../src/runtime/redis-sink/to-commands';

function commands(settings: Record<string, unknown>, row: Partial<SinkRow>): string[] {
  const made = toCommands({ key: 'k', value: 'v', ...row }, readSinkSettings(settings));
  return made.map(({ name, args }) => [name, ...args.map(String)].join(' '));
}

describe('a redis sink writes', () => {
  const cases: [string, Record<string, unknown>, Partial<SinkRow>, string | string[]][] = [
    ['a string', {}, {}, 'SET k v'],
    ['a string as JSON', { datatype: 'json' }, { value: { a: 1 } }, 'SET k {"a":1}'],
    ['a string for whole seconds', {}, { expirySeconds: 60 }, 'SET k v EX 60'],
    ['a string for a part of a second', {}, { expirySeconds: '0.25' }, 'SET k v PX 250'],
    ['a string that keeps its time to live', { keepTtl: true }, {}, 'SET k v KEEPTTL'],
    ['a string with a new time to live', { keepTtl: true }, { expirySeconds: 5 }, 'SET k v EX 5'],
    ['a string that is new', { condition: 'nx' }, {}, 'SET k v NX'],
    ['a string that is there', { condition: 'xx', returnOld: true }, {}, 'SET k v XX GET'],
    ['a field', { structure: 'hash' }, { field: 'f' }, 'HSET k f v'],
    ['a new field', { structure: 'hash', condition: 'nx' }, { field: 7 }, 'HSETNX k 7 v'],
    ['an object as fields', { structure: 'hash' }, { value: { a: 1, b: 'x', c: undefined } }, 'HSET k a 1 b x'],
    [
      'chosen properties as fields',
      {
        structure: 'hash',
        fields: [{ field: 'x', property: 'at.x' }, { field: 'b' }, { field: 'none', property: 'at.y' }],
      },
      { value: { at: { x: 1 }, b: true, 'c.d': 2 } },
      'HSET k x 1 b true',
    ],
    ['a hash that expires', { structure: 'hash' }, { field: 'f', expirySeconds: 2 }, ['HSET k f v', 'PEXPIRE k 2000']],
    ['an item at the end of a list', { structure: 'list' }, {}, 'RPUSH k v'],
    ['an item at the start of a list', { structure: 'list', end: 'left' }, {}, 'LPUSH k v'],
    ['an item of a list that is there', { structure: 'list', condition: 'xx' }, {}, 'RPUSHX k v'],
    ['a capped list', { structure: 'list', maxLength: '10' }, {}, ['RPUSH k v', 'LTRIM k -10 -1']],
    [
      'a capped list, from the left',
      { structure: 'list', end: 'left', maxLength: 10 },
      {},
      ['LPUSH k v', 'LTRIM k 0 9'],
    ],
    ['a member', { structure: 'set' }, {}, 'SADD k v'],
    ['a member with a score', { structure: 'sorted-set' }, { score: 1.5 }, 'ZADD k 1.5 v'],
    ['a member with a score of 0', { structure: 'sorted-set' }, { score: 0 }, 'ZADD k 0 v'],
    ['a score that is infinite', { structure: 'sorted-set' }, { score: -Infinity }, 'ZADD k -inf v'],
    ['a greater score', { structure: 'sorted-set', condition: 'gt' }, { score: '2' }, 'ZADD k GT 2 v'],
    ['a member that brings its score', { structure: 'sorted-set' }, { value: { value: 'm', score: 3 } }, 'ZADD k 3 m'],
    [
      'several members',
      { structure: 'sorted-set', condition: 'nx' },
      {
        value: [
          { value: 'm', score: 3 },
          { value: 'n', score: 4 },
        ],
      },
      'ZADD k NX 3 m 4 n',
    ],
    ['an entry', { structure: 'stream' }, { value: { a: 1, b: 'x' } }, 'XADD k * a 1 b x'],
    ['an entry of one field', { structure: 'stream' }, { field: 'f', entryId: '5-1' }, 'XADD k 5-1 f v'],
    [
      'a stream of about a length',
      { structure: 'stream', maxLength: 100 },
      { field: 'f' },
      'XADD k MAXLEN ~ 100 * f v',
    ],
    [
      'a stream of exactly a length',
      { structure: 'stream', maxLength: 100, trimExact: true },
      { field: 'f' },
      'XADD k MAXLEN = 100 * f v',
    ],
    ['a stream from an id on', { structure: 'stream' }, { field: 'f', minId: '5' }, 'XADD k MINID ~ 5 * f v'],
    ['to a channel', { structure: 'publish' }, { expirySeconds: 5 }, 'PUBLISH k v'],
    ['to a sharded channel', { structure: 'sharded-publish' }, {}, 'SPUBLISH k v'],
    ['a counter', { structure: 'counter' }, { value: 2 }, 'INCRBY k 2'],
    ['a counter by one', { structure: 'counter', value: '' }, {}, 'INCRBY k 1'],
    ['a counter down', { structure: 'counter', direction: 'decrease' }, { value: '+2' }, 'DECRBY k 2'],
    ['a counter by a fraction', { structure: 'counter' }, { value: '0.5' }, 'INCRBYFLOAT k 0.5'],
    [
      'a counter down by a fraction',
      { structure: 'counter', direction: 'decrease' },
      { value: 0.5 },
      'INCRBYFLOAT k -0.5',
    ],
    ['a field that counts', { structure: 'counter' }, { field: 'f', value: 3n }, 'HINCRBY k f 3'],
    ['a field down', { structure: 'counter', direction: 'decrease' }, { field: 'f', value: -3 }, 'HINCRBY k f 3'],
    ['a field by a fraction', { structure: 'counter' }, { field: 'f', value: 1.5 }, 'HINCRBYFLOAT k f 1.5'],
    ['nothing: it deletes a key', { structure: 'delete' }, { value: undefined }, 'UNLINK k'],
    ['nothing: it deletes a key at once', { structure: 'delete', unlink: false }, {}, 'DEL k'],
    ['nothing: it deletes a field', { structure: 'delete' }, { field: 'f' }, 'HDEL k f'],
  ];
  for (const [name, settings, row, expected] of cases) {
    it(name, () => assert.deepEqual(commands(settings, row), [expected].flat()));
  }

  const refused: [string, Record<string, unknown>, Partial<SinkRow>, string][] = [
    ['text as fields', { structure: 'hash' }, {}, 'REDIS_INVALID_PAYLOAD'],
    ['a Map as fields', { structure: 'hash', datatype: 'auto' }, { value: new Map() }, 'REDIS_INVALID_PAYLOAD'],
    ['bytes as fields', { structure: 'stream' }, { value: Buffer.from('a') }, 'REDIS_INVALID_PAYLOAD'],
    ['an array as fields', { structure: 'stream' }, { value: [1] }, 'REDIS_INVALID_PAYLOAD'],
    ['an object without fields', { structure: 'hash' }, { value: {} }, 'REDIS_INVALID_PAYLOAD'],
    ['null in a field', { structure: 'hash' }, { value: { a: null } }, 'REDIS_INVALID_PAYLOAD'],
    ['a member without score', { structure: 'sorted-set' }, {}, 'REDIS_INVALID_SCORE'],
    ['no members', { structure: 'sorted-set' }, { value: [] }, 'REDIS_INVALID_PAYLOAD'],
    ['a score that is no number', { structure: 'sorted-set' }, { score: 'high' }, 'REDIS_INVALID_SCORE'],
    ['a score that is NaN', { structure: 'sorted-set' }, { score: Number.NaN }, 'REDIS_INVALID_SCORE'],
    ['an id that is none', { structure: 'stream' }, { field: 'f', entryId: 'new' }, 'REDIS_INVALID_ID'],
    ['an expiry of 0', {}, { expirySeconds: 0 }, 'REDIS_INVALID_EXPIRY'],
    ['an expiry that is no number', {}, { expirySeconds: 'soon' }, 'REDIS_INVALID_EXPIRY'],
    ['a count that is no number', { structure: 'counter' }, { value: 'many' }, 'REDIS_INVALID_AMOUNT'],
    ['a count that is missing', { structure: 'counter' }, { value: undefined }, 'REDIS_INVALID_AMOUNT'],
    ['what it does not know', { structure: 'tree' }, {}, 'REDIS_INVALID_SETTINGS'],
    ['with a condition it does not know', { structure: 'list', condition: 'nx' }, {}, 'REDIS_INVALID_SETTINGS'],
    ['with a length of 0', { structure: 'list', maxLength: 0 }, {}, 'REDIS_INVALID_SETTINGS'],
  ];
  for (const [name, settings, row, code] of refused) {
    it(`but not ${name}`, () => assert.throws(() => commands(settings, row), { code }));
  }

  it('and names the field that can not be written', () => {
    assert.throws(() => commands({ structure: 'hash' }, { value: { good: 1, bad: {} } }), /Field "bad"/);
  });
});
