/**
 * What a moved Redis node makes of a message is what node-red-contrib-redis made of it: its expressions against the rules
 * of that package, in real JSONata.
 */
import assert from 'node:assert/strict';
import { util } from '@node-red/util';
import { convert } from '../support/move-over';

const node = {} as never;

function evaluate(expression: unknown, message: object): Promise<unknown> {
  const prepared = util.prepareJSONataExpression(String(expression), node);
  return new Promise((resolve, reject) => {
    util.evaluateJSONataExpression(prepared, message as never, (error, value) =>
      error ? reject(error) : resolve(value),
    );
  });
}

/** The rules of the redis-command node, version 1.3.9. */
function argumentsBefore(
  topicOfNode: string,
  params: string,
  message: { topic?: unknown; payload?: unknown },
): unknown[] {
  let topic: unknown = message.topic !== undefined && message.topic !== '' ? message.topic : topicOfNode || undefined;
  let payload: unknown;
  if (message.payload) {
    const given = message.payload;
    const isEmpty = typeof given === 'object' && Object.keys(given).length === 0;
    if ((typeof given === 'string' || typeof given === 'object') && !isEmpty) payload = given;
  } else if (!['', '[]', '{}'].includes(params)) {
    payload = JSON.parse(params);
  }
  if (!payload) {
    payload = topic;
    topic = undefined;
  }
  // ioredis writes null as nothing.
  return [topic, payload].flat().flatMap((one) => (one === undefined ? [] : [one ?? '']));
}

const TOPICS = [undefined, '', 'from-message'];
const PAYLOADS = [
  ...[
    undefined,
    null,
    '',
    'text',
    '0',
    0,
    7,
    true,
    false,
    [],
    ['a'],
    ['a', 1],
    [0],
    [''],
    [null, 'a', null],
    {},
    { a: 1 },
  ],
  Buffer.from('bytes'),
];

describe('move over: what Redis nodes make of a message', () => {
  for (const topic of ['', 'from-"node"']) {
    for (const params of ['', '[]', '["p", 1]', '"one"']) {
      it(`the arguments of a command with topic ${JSON.stringify(topic)} and parameters ${params || 'none'}`, async () => {
        const given = { type: 'redis-command', command: 'SET', topic, params };
        const { properties } = await convert('redis', given);
        for (const topicOfMessage of TOPICS) {
          for (const payload of PAYLOADS) {
            const message = { ...(topicOfMessage === undefined ? {} : { topic: topicOfMessage }), payload };
            const now = await evaluate(properties['argsFrom'], message);
            assert.deepEqual([...(now as unknown[])], argumentsBefore(topic, params, message), JSON.stringify(message));
          }
        }
      });
    }
  }

  it('a sink writes to the topic of the message, or else to its own', async () => {
    const { properties } = await convert('redis', { type: 'redis-out', command: 'rpush', topic: 'it\'s "mine"\\' });
    assert.equal(properties['keyType'], 'jsonata');
    assert.equal(await evaluate(properties['key'], { topic: 'theirs' }), 'theirs');
    for (const message of [{}, { topic: '' }])
      assert.equal(await evaluate(properties['key'], message), 'it\'s "mine"\\');
  });

  it('a script gets as many keys as before, and all else as arguments', async () => {
    const { properties } = await convert('redis', {
      type: 'redis-lua-script',
      func: 'return 1',
      keyval: '2',
      stored: true,
    });
    assert.deepEqual(properties['keys'], [
      { name: '', value: 'payload[0]', type: 'msg' },
      { name: '', value: 'payload[1]', type: 'msg' },
    ]);
    const [rest] = properties['args'] as { name: string; value: string }[];
    for (const payload of [
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['a', 'b', 'c', 4],
      ['a', 'b', null, true],
    ]) {
      const expected = payload.slice(2).map((one) => one ?? '');
      assert.deepEqual([...((await evaluate(rest?.value, { payload })) as unknown[])], expected);
    }
    const without = (await convert('redis', { type: 'redis-lua-script', func: 'return 1', keyval: 0 })).properties;
    const [all] = without['args'] as { value: string }[];
    assert.deepEqual(without['keys'], []);
    for (const payload of ['one', '', 0, ['a'], ['a', 2], [null, 1], null, undefined, { a: 1 }, [['a'], 'b'], []]) {
      const expected = [payload].flat().map((one) => one ?? '');
      const given = Array.isArray(payload) && Array.isArray(payload[0]) ? payload : expected;
      assert.deepEqual([...((await evaluate(all?.value, { payload })) as unknown[])], given);
    }
  });

  describe('environment variables, of which Node-RED puts the value in place of a property', () => {
    before(() => {
      process.env['MOVE_OVER_TOPIC'] = 'from-variable';
      process.env['MOVE_OVER_PARAMS'] = '["p", 1]';
    });
    after(() => {
      delete process.env['MOVE_OVER_TOPIC'];
      delete process.env['MOVE_OVER_PARAMS'];
    });

    for (const topic of ['${MOVE_OVER_TOPIC}', '$(MOVE_OVER_TOPIC)']) {
      it(`name the key of a sink and of a command: ${topic}`, async () => {
        const sink = (await convert('redis', { type: 'redis-out', command: 'rpush', topic })).properties;
        assert.equal(await evaluate(sink['key'], {}), 'from-variable');
        assert.equal(await evaluate(sink['key'], { topic: 'theirs' }), 'theirs');
        const given = { type: 'redis-command', command: 'SET', topic, params: '["p"]' };
        const { argsFrom } = (await convert('redis', given)).properties;
        assert.deepEqual([...((await evaluate(argsFrom, {})) as unknown[])], ['from-variable', 'p']);
      });
    }

    it('hold the parameters of a command', async () => {
      const given = { type: 'redis-command', command: 'SET', topic: 'key', params: '${MOVE_OVER_PARAMS}' };
      const { argsFrom } = (await convert('redis', given)).properties;
      assert.deepEqual([...((await evaluate(argsFrom, {})) as unknown[])], ['key', 'p', 1]);
      assert.deepEqual([...((await evaluate(argsFrom, { payload: 'own' })) as unknown[])], ['key', 'own']);
    });
  });
});
