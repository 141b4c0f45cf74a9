import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { composeScript } from '../../src/runtime/redis-script/script-text';

const textOf = (script: string, keys: string[] = [], args: string[] = []) => composeScript(script, keys, args).text;

describe('scripts get names for their keys and arguments', () => {
  it('in front of the first line', () => {
    assert.equal(
      textOf('return a\nend', ['room', '', 'x'], ['limit', '...ids']),
      'local room = KEYS[1] local x = KEYS[3] local limit = ARGV[1] ' +
        'local ids = {} for i = 2, #ARGV do ids[#ids + 1] = ARGV[i] end return a\nend',
    );
    assert.equal(textOf('return 1'), 'return 1');
  });

  it('after the line that begins with #!', () => {
    assert.equal(textOf('#!lua flags=no-writes\nreturn a', ['a']), '#!lua flags=no-writes\nlocal a = KEYS[1] return a');
  });

  it('and the SHA-1 of the whole', () => {
    const { text, sha1 } = composeScript('return a -- ä', ['a'], []);
    assert.equal(sha1, createHash('sha1').update(text, 'utf8').digest('hex'));
  });

  it('unless a name is none, or there twice', () => {
    for (const name of ['1a', 'a b', 'end', 'KEYS', 'redis', '...', '..a', 'ä', 'a-b', 'a;os.exit()']) {
      assert.throws(() => textOf('return 1', [name]), { code: 'REDIS_INVALID_SCRIPT' }, name);
    }
    assert.throws(() => textOf('return 1', ['a'], ['a']), { code: 'REDIS_INVALID_SCRIPT' });
    assert.throws(() => textOf('return 1', ['a'], ['...a']), { code: 'REDIS_INVALID_SCRIPT' });
    assert.throws(
      () =>
        textOf(
          'return 1',
          Array.from({ length: 200 }, (_, index) => `k${index}`),
        ),
      { code: 'REDIS_INVALID_SCRIPT' },
    );
    assert.throws(() => textOf(' \n'), { code: 'REDIS_INVALID_SCRIPT' });
  });
});
