/** The server of the tests has no JSON commands, so that a session in their place answers. */
import assert from 'node:assert/strict';
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import type { CommandOutcome, RedisCommand, RedisSession } from '../../src/drivers/redis/session';
import { LookupOperation } from '../../src/runtime/redis-command/lookup-operation';
import type { Settings } from '../../src/runtime/settings-readers';

const { util } = require('@node-red/util') as { util: NodeAPI['util'] };

describe('lookups of JSON documents', () => {
  /** What the operation makes of a reply, and the commands it sent. */
  async function look(settings: Settings, message: Record<string, unknown>, reply: CommandOutcome) {
    const sent: RedisCommand[] = [];
    const session = {
      pipeline: (commands: readonly RedisCommand[]) => {
        sent.push(...commands);
        return Promise.resolve(commands.map(() => reply));
      },
    } as unknown as RedisSession;
    const operation = new LookupOperation({
      node: {} as Node,
      settings: { lookup: 'JSON.GET', key: 'topic', keyType: 'msg', ...settings },
      util,
      submit: (held) => held.send(session, (error) => held.giveUp(error)),
    });
    const outputs: unknown[] = [];
    const error = await new Promise<Error | undefined>((done) => {
      operation.input(message as unknown as NodeMessageInFlow, (output) => outputs.push(output), done);
    });
    return { sent, outputs, error: error as { code?: string } | undefined };
  }

  it('are parsed, whatever the format of the node', async () => {
    const reply = { reply: Buffer.from('{"a":[1]}') };
    const { sent, outputs } = await look({ datatype: 'string', target: 'doc' }, { topic: 'k' }, reply);
    assert.deepEqual(sent, [{ name: 'JSON.GET', args: ['k'] }]);
    assert.deepEqual(outputs, [{ topic: 'k', doc: { a: [1] } }]);
  });

  it('ask for a path if there is one', async () => {
    const { sent } = await look({ field: '$.a', fieldType: 'str' }, { topic: 'k' }, { reply: '[1]' });
    assert.deepEqual(sent, [{ name: 'JSON.GET', args: ['k', '$.a'] }]);
  });

  it('miss what is not there', async () => {
    const { outputs } = await look({ outputs: 2 }, { topic: 'k', payload: 1 }, { reply: null });
    assert.deepEqual(outputs, [[null, { topic: 'k', payload: 1 }]]);
  });

  it('fail for what is no JSON', async () => {
    const { outputs, error } = await look({}, { topic: 'k' }, { reply: 'no json' });
    assert.deepEqual([outputs, error?.code], [[], 'INVALID_JSON']);
  });
});
