/** Each property of the nodes of node-red-contrib-redis becomes what it means there, whatever our own standard is. */
import assert from 'node:assert/strict';
import { readRedisProfile } from '../../src/runtime/redis-profile-settings';
import { readSinkSettings } from '../../src/runtime/redis-sink/sink-settings';
import { readSourceSettings } from '../../src/runtime/redis-source/source-settings';
import { codes, convert } from '../support/move-over';

const config = (options: unknown, more: object = {}) => ({
  type: 'redis-config',
  name: 'Local',
  options: typeof options === 'string' ? options : JSON.stringify(options),
  optionsType: typeof options === 'string' ? 'str' : 'json',
  cluster: false,
  ...more,
});

describe('move over: a redis-config', () => {
  const places: [string, object, object, object?][] = [
    ['no options are the server of this machine', config({}), { mode: 'standalone', host: 'localhost', port: '6379' }],
    ['host, port and database stay', config({ host: 'h', port: 1, db: 2 }), { host: 'h', port: '1', database: '2' }],
    ['text may be a URL', config('redis://h:1/2'), { mode: 'standalone', host: 'h', port: '1', database: '2' }],
    ['or host and port', config('h:80'), { host: 'h', port: '80' }],
    ['or a port', config('7000'), { host: 'localhost', port: '7000' }],
    ['or a path', config('/tmp/r.sock'), { mode: 'unix', path: '/tmp/r.sock' }],
    ['a path among the options is a socket', config({ path: '/tmp/r.sock' }), { mode: 'unix', path: '/tmp/r.sock' }],
    ['rediss is TLS', config('rediss://[::1]:1'), { usetls: true, host: '::1', port: '1' }],
    ['TLS without certificates is a tick', config({ tls: {} }), { usetls: true }],
    [
      'time-outs are seconds',
      config({ connectTimeout: 2500, commandTimeout: 1000, connectionName: 'me' }),
      { connectTimeoutSeconds: '2.5', commandTimeoutSeconds: '1', connectionName: 'me' },
    ],
    [
      'sentinels stay',
      config({ sentinels: [{ host: 'a', port: 1 }, { host: 'b' }], name: 'm', sentinelPassword: 's', password: 'p' }),
      { mode: 'sentinel', sentinels: 'a:1,b:26379', masterName: 'm' },
      { sentinelPassword: 's', password: 'p' },
    ],
    [
      'a cluster stays one',
      config([{ host: 'a', port: 1 }, { host: '::1', port: 2 }, 'c:3', 4], { cluster: true }),
      { mode: 'cluster', nodes: 'a:1,[::1]:2,c:3,127.0.0.1:4' },
    ],
    ['a password becomes a credential', config({ username: 'u', password: 'p' }), {}, { user: 'u', password: 'p' }],
    [
      'also that of a URL, with its user only where ioredis takes it',
      config('redis://u:p%25@h'),
      {},
      { password: 'p%' },
    ],
    ['user of a URL', config('redis://u:p@h?allowUsernameInURI=true'), {}, { user: 'u', password: 'p' }],
  ];
  for (const [title, given, expected, credentials] of places) {
    it(title, async () => {
      const converted = await convert('redis', given);
      assert.deepEqual(codes(converted).obstacles, []);
      for (const [property, value] of Object.entries(expected)) assert.deepEqual(converted.properties[property], value);
      assert.deepEqual(converted.credentials, credentials);
      const hidden = credentials !== undefined;
      assert.equal(codes(converted).remarks.includes('passwordHidden'), hidden);
      const values = Object.values(converted.properties);
      for (const value of Object.values(credentials ?? {}))
        assert.ok(!values.includes(value), 'a password in the flow');
      readRedisProfile(converted.properties, converted.credentials ?? {});
    });
  }

  it('has no counterpart for options that change what commands do, and names them', async () => {
    const given = {
      keyPrefix: 'app:',
      family: 6,
      tls: { ca: 'x', rejectUnauthorized: false },
      maxRetriesPerRequest: 1,
    };
    const { obstacles, properties } = await convert('redis', config(given));
    assert.deepEqual(
      obstacles.map(({ code, values }) => [code, values?.['names']]),
      [
        ['option', 'tls.ca'],
        ['option', 'keyPrefix, family, maxRetriesPerRequest'],
      ],
    );
    assert.equal(properties['verifyservercert'], false);
    const nodes = config([{ host: 'a', password: 'p' }], { cluster: true });
    assert.deepEqual(codes(await convert('redis', nodes)).obstacles, ['clusterOptions']);
  });

  it('does without options that say what is so anyway, or that are the business of ioredis', async () => {
    const converted = await convert(
      'redis',
      config({ family: 4, role: 'master', retryStrategy: null, lazyConnect: true }),
    );
    assert.deepEqual(codes(converted), { obstacles: [], remarks: ['harmlessOption'] });
  });

  it('takes a URL from a variable only if the user wants it: what is in it is unknown', async () => {
    const converted = await convert('redis', config('REDIS_URL', { optionsType: 'env' }));
    assert.deepEqual(codes(converted).obstacles, ['optionsInVariable']);
    assert.deepEqual([converted.properties['mode'], converted.properties['url']], ['url', '${REDIS_URL}']);
  });

  for (const [options, optionsType] of [
    ['${REDIS_URL}', 'str'],
    ['$(REDIS_URL)', 'str'],
    ['${REDIS_URL}', 'json'],
    ['${REDIS_URL}', ''],
  ]) {
    it(`neither takes ${options} as ${optionsType || 'no type'} for an address`, async () => {
      const converted = await convert('redis', config(options, { optionsType }));
      assert.deepEqual(codes(converted).obstacles, ['optionsInVariable']);
      assert.deepEqual(converted.properties, { mode: 'url', url: '${REDIS_URL}' });
    });
  }

  it('is left alone if its options are none', async () => {
    const none = [config('x', { optionsType: 'json' }), config('', {}), config('a', { optionsType: 'jsonata' })];
    none.push(config({}, { cluster: true }), config('http://h'), config([1]));
    for (const given of none) await assert.rejects(convert('redis', given), /impossible: optionsUnreadable/);
  });
});

describe('move over: nodes of node-red-contrib-redis', () => {
  const sources: [string, object, object][] = [
    ['BLPOP', { command: 'blpop', obj: true }, { mode: 'list', end: 'left', count: '1', datatype: 'auto' }],
    ['BRPOP', { command: 'brpop', obj: false }, { mode: 'list', end: 'right', count: '1', datatype: 'string' }],
    ['SUBSCRIBE', { command: 'subscribe' }, { mode: 'subscribe', datatype: 'string' }],
    ['PSUBSCRIBE', { command: 'psubscribe', obj: true }, { mode: 'psubscribe', datatype: 'auto' }],
  ];
  for (const [title, given, expected] of sources) {
    it(`${title} becomes a source`, async () => {
      const { type, properties } = await convert('redis', { type: 'redis-in', topic: 'a b', timeout: 0, ...given });
      assert.deepEqual([type, properties], ['pool-redis-source', { ...expected, key: 'a b', inputs: 0 }]);
      readSourceSettings(properties, 'id');
    });
  }

  const sinks: [string, object, object][] = [
    ['rpush', { obj: true }, { structure: 'list', end: 'right', datatype: 'json' }],
    ['lpush', { obj: false }, { structure: 'list', end: 'left', datatype: 'auto', arrays: 'transaction' }],
    ['rpushx', { obj: true }, { structure: 'list', end: 'right', condition: 'xx', datatype: 'json' }],
    ['lpushx', { obj: true }, { structure: 'list', end: 'left', condition: 'xx', datatype: 'json' }],
    ['publish', { obj: false }, { structure: 'publish', datatype: 'auto' }],
  ];
  for (const [command, given, expected] of sinks) {
    it(`${command.toUpperCase()} becomes a sink`, async () => {
      const { type, properties } = await convert('redis', { type: 'redis-out', command, topic: '', ...given });
      const fixed = { key: 'topic', keyType: 'msg', value: 'payload', valueType: 'msg', outputs: 0 };
      assert.deepEqual([type, properties], ['pool-redis-sink', { ...expected, ...fixed }]);
      readSinkSettings(properties);
    });
  }

  it('a command on a connection of its own keeps it, and gets one if it waits at the server', async () => {
    const dedicated = async (given: object) =>
      (await convert('redis', { type: 'redis-command', topic: 'k', ...given })).properties['dedicated'];
    assert.equal(await dedicated({ command: 'GET' }), false);
    assert.equal(await dedicated({ command: 'GET', block: true }), true);
    assert.equal(await dedicated({ command: 'BLPOP' }), true);
    assert.equal(await dedicated({ command: 'XREAD', params: '["BLOCK", 0, "STREAMS", "s", "$"]' }), true);
    assert.equal(await dedicated({ command: 'XREAD', params: '["STREAMS", "s", "0"]' }), false);
    // Messages will say what to read, and may say how long to wait.
    assert.equal(await dedicated({ command: 'XREADGROUP', params: '[]' }), true);
  });

  it('a command that changes the connection for others has no counterpart', async () => {
    const select = { type: 'redis-command', command: 'SELECT', params: '[1]' };
    assert.deepEqual(codes(await convert('redis', select)).obstacles, ['changesConnection']);
    assert.deepEqual(codes(await convert('redis', { ...select, block: true })).obstacles, []);
    const client = { type: 'redis-command', command: 'CLIENT', topic: 'setname', params: '["me"]' };
    assert.deepEqual(codes(await convert('redis', client)).obstacles, ['changesConnection']);
    assert.deepEqual(codes(await convert('redis', { ...client, topic: 'GETNAME' })).obstacles, []);
  });

  it('what gives no replies, and a client in the context, can not be moved', async () => {
    for (const command of ['MONITOR', 'SUBSCRIBE', '']) {
      await assert.rejects(convert('redis', { type: 'redis-command', command }), /impossible: command/);
    }
    await assert.rejects(convert('redis', { type: 'redis-in', command: 'xread' }), /impossible: command/);
    await assert.rejects(convert('redis', { type: 'redis-instance' }), /impossible: instance/);
  });
});
