import assert from 'node:assert/strict';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';
import { Random, seeds } from '../support/random';

describe('hostile profile files', () => {
  const teardown = useTeardown();

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level += 1) {
    const [name, below] = [String.fromCharCode(97 + level), String.fromCharCode(96 + level)];
    bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(', ')}]`);
  }

  const hostile: Readonly<Record<string, string>> = {
    'aliases that multiply': bomb.join('\n'),
    'an alias of itself': 'mqtt: &a {x: {server: *a}}',
    'merge keys that multiply': 'a: &a {x: 1}\nb: &b {<<: [*a, *a], y: *a}\nc: {<<: [*b, *b, *b], z: [*b, *b]}',
    'an alias of nothing': 'mqtt: {a: {server: *none}}',
    'anchors in a row': `a: ${'&a '.repeat(300_000)}`,
    'tags in a row': `a: ${'!a '.repeat(300_000)}`,
    'a merge of text': 'mqtt: {a: {<<: 5, server: h}}',
    'bytes as a value': 'mqtt: {a: {server: h, password: !!binary aGVsbG8=}}',
    'brackets without end': '['.repeat(900_000),
    'lists in lists': '- '.repeat(400_000),
    'maps in maps': Array.from({ length: 2_000 }, (_, depth) => `${' '.repeat(depth)}a:`)
      .join('\n')
      .slice(0, 1_000_000),
    'a megabyte of one line': `mqtt: {a: {server: ${'x'.repeat(1_000_000)}}}`,
    'more than a megabyte': 'x'.repeat(1024 * 1024 + 1),
    'bytes that are no text': '\0\u0001\ufffe\u0000{{{',
    'a tag of JavaScript': 'mqtt: {a: {server: !!js/function "function () { throw 1; }"}}',
    'keys that are no text': '? [a, b]\n: {type: mqtt}',
    'a list of nonsense': '[1, null, true, [], {}, {id: {}}, {id: a}]',
    'only text': 'hello',
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`${name}: the others stay as they are`, function () {
      this.timeout(20_000);
      const folder = new ProfileFolder(teardown);
      folder.write('bad.yaml', text);
      folder.write('good.yaml', 'good: {type: mqtt, server: h}');
      const profiles = folder.open();
      assert.equal(profiles.get('good', 'mqtt').given.settings['broker'], 'h');
      assert.ok(
        name === 'a megabyte of one line' ||
          name === 'a tag of JavaScript' ||
          profiles.problems().some(({ severity }) => severity === 'error'),
        'no problem was told',
      );
      for (const { message } of profiles.problems()) assert.ok(message.length < 500, message.slice(0, 600));
    });
  }

  it('prototype keys reach no prototype', () => {
    const folder = new ProfileFolder(teardown);
    folder.write(
      'bad.yaml',
      '__proto__: {type: mqtt, server: h, __proto__: {polluted: 1}, userProps: {__proto__: {polluted: 1}, constructor: 1, a: b}}\n' +
        'constructor: {type: mqtt, server: h, will: {topic: t, properties: {__proto__: {polluted: 1}}}}',
    );
    const profiles = folder.open();
    const { settings } = profiles.get('__proto__', 'mqtt').given;
    assert.deepEqual(settings['userProps'], { a: 'b' });
    assert.ok(profiles.get('constructor', 'mqtt'));
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    assert.equal((settings as Record<string, unknown>)['polluted'], undefined);
  });

  it('damage anywhere never throws', function () {
    this.timeout(30_000);
    const good =
      'mqtt:\n  a: {server: "tcp://h:1", password: &p "x", will: {topic: t}}\n' +
      '  b: {<<: {server: h}, password: *p}\nc: {typ: redis, props: {addr: "h:1"}}\n';
    const folder = new ProfileFolder(teardown);
    const profiles = folder.open();
    for (const seed of seeds(300)) {
      const random = new Random(seed);
      const characters = Array.from(good);
      for (let damage = random.int(1, 4); damage > 0; damage -= 1) {
        const junk = random.pick(Array.from('{}[]:&*!"\'\n -?|>%@`#,\0a<'));
        characters.splice(random.int(0, characters.length - 1), random.int(0, 2), junk);
      }
      folder.write('a.yaml', characters.join(''));
      assert.doesNotThrow(() => profiles.reload(), `seed ${seed}; replay with SEED=${seed}`);
    }
  });
});
