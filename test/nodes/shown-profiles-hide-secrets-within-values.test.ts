import assert from 'node:assert/strict';
import { ProfileFolder } from '../support/profile-folder';
import { useTeardown } from '../support/teardown';

const MASK = '********';

describe('named profiles that are shown hide secrets within values', () => {
  const teardown = useTeardown();

  const cases: readonly (readonly [what: string, type: string, given: object, shown: object])[] = [
    ['an address without scheme', 'mqtt', { server: 'joe:word@h:1883' }, { server: `${MASK}@h:1883` }],
    ['an address without scheme and user', 'redis', { addr: ':word@h:6379' }, { addr: `${MASK}@h:6379` }],
    ['one of several addresses', 'mqtt', { server: 'a:1883,joe:word@b' }, { server: `a:1883,${MASK}@b` }],
    [
      'one in a list',
      'mqtt',
      { servers: ['tcp://joe:word@a', 'joe:word@b'] },
      { servers: [`tcp://${MASK}@a`, `${MASK}@b`] },
    ],
    ['a password that is not encoded', 'redis', { url: 'redis://joe:a/word@h' }, { url: `redis://${MASK}@h` }],
    ['a password with a comma', 'redis', { url: 'redis://joe:a,word@h' }, { url: `redis://${MASK}@h` }],
    ['the query of an address', 'mqtt', { server: 'wss://h/mqtt?token=word' }, { server: `wss://h/mqtt?${MASK}` }],
    [
      "eKuiper's headers and body",
      'http',
      { url: 'http://h', headers: { Authorization: 'word' }, body: '{"token": "word"}' },
      { url: 'http://h', headers: MASK, body: MASK },
    ],
    [
      'properties of MQTT 5',
      'mqtt',
      { server: 'h', userProperties: { any: 'word' } },
      { server: 'h', userProperties: MASK },
    ],
    [
      'a will and its properties',
      'mqtt',
      {
        server: 'h',
        will: { topic: 'a', properties: { userProperties: { b: 'word' }, authToken: 'word', contentType: 'c' } },
      },
      { server: 'h', will: { topic: 'a', properties: { userProperties: MASK, authToken: MASK, contentType: 'c' } } },
    ],
    [
      'but nothing of other addresses',
      'http',
      { url: 'https://h:8443/users/@me' },
      { url: 'https://h:8443/users/@me' },
    ],
  ];
  for (const [what, type, given, shown] of cases) {
    it(`of ${what}`, () => {
      const folder = new ProfileFolder(teardown);
      folder.write('site.json', JSON.stringify({ [type]: { a: given } }));
      assert.deepEqual(folder.open().all()[0]?.properties, shown);
    });
  }
});
