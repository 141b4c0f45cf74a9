/** Flows made for node-red-contrib-redis move over without that package: its nodes are placeholders, the flow stands still. */
import assert from 'node:assert/strict';
import { useEditor } from '../support/editor';
import type { FlowNode } from '../support/own-node-red';
import { confirmMove, type EditorState, editorState, openMoveOver, summary } from '../support/move-over-page';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';

const PASSWORD = 'secret word';

function redisFlows(port: number): FlowNode[] {
  const node = (id: string, type: string, more: object): FlowNode => ({
    id,
    type,
    z: 'flow',
    server: 'server',
    name: '',
    x: 200,
    y: 100,
    ...more,
  });
  return [
    { id: 'flow', type: 'tab', label: 'Flow' },
    node('pop', 'redis-in', { command: 'blpop', topic: 'inbox', obj: true, timeout: 0, wires: [['set']] }),
    node('set', 'redis-command', {
      command: 'PUBLISH',
      topic: '',
      params: '[]',
      paramsType: 'json',
      payloadType: 'json',
      block: false,
      x: 400,
      wires: [['name']],
    }),
    {
      id: 'name',
      type: 'change',
      z: 'flow',
      name: '',
      rules: [{ t: 'set', p: 'topic', pt: 'msg', to: '', tot: 'str' }],
      x: 560,
      y: 100,
      wires: [['script']],
    },
    node('script', 'redis-lua-script', {
      func: 'return ARGV[1] .. "!"',
      keyval: 0,
      stored: true,
      block: false,
      x: 720,
      wires: [['push']],
    }),
    node('push', 'redis-out', { command: 'rpush', topic: 'outbox', obj: false, x: 880, wires: [] }),
    node('client', 'redis-instance', { topic: 'redis', location: 'flow', y: 200, wires: [] }),
    {
      id: 'server',
      type: 'redis-config',
      name: 'Local',
      options: JSON.stringify({ host: '127.0.0.1', port, password: PASSWORD }),
      optionsType: 'json',
      cluster: false,
    },
  ];
}

/** Statuses of what another test has deployed must not come to these. */
function withOtherIds(flows: readonly FlowNode[]): FlowNode[] {
  const ids = flows.map(({ id }) => `"${id}"`).join('|');
  return JSON.parse(
    JSON.stringify(flows).replaceAll(new RegExp(`(${ids})(?!:)`, 'g'), (id) => `${id.slice(0, -1)}-2"`),
  ) as FlowNode[];
}

function places({ exported }: EditorState): string[] {
  return (exported as FlowNode[]).map(({ id, x, y }) => `${id}: ${String(x)}, ${String(y)}`).sort();
}

describe('editor: contrib Redis nodes are moved over', function () {
  this.timeout(120_000);
  const editor = useEditor();
  const teardown = useTeardown();

  it('from placeholders to nodes that work, and back', async () => {
    const redis = teardown.stopLater(await startRedis({ password: PASSWORD }));
    const client = await redis.client();
    const page = await editor.open({ flows: redisFlows(redis.port).filter(({ id }) => id !== 'client') });
    const before = await editorState(page);
    await openMoveOver(page, 'redis');
    assert.match(await summary(page), /stored encrypted from now on \(Local\)/);
    await confirmMove(page);
    const after = await editorState(page);
    assert.ok(!JSON.stringify(await page.exported()).includes(PASSWORD), 'the password is still in the flow');
    // Their labels are longer or shorter than before.
    assert.deepEqual(places(after), places(before), 'nodes have moved');
    await page.action('core:undo');
    assert.deepEqual(await editorState(page), before);
    await page.action('core:redo');
    assert.deepEqual(await editorState(page), after);

    await page.deploy();
    await page.waitForStatus('pop', 'connected');
    const listener = await redis.client();
    await listener.subscribe('inbox');
    await client.rpush('inbox', '{"n":1}');
    // The list's key is the topic, and so the channel: as it was. One hears it.
    const pushed = await client.blpop('outbox', 20);
    assert.deepEqual(pushed, ['outbox', '1!']);
  });

  it('but not those that put a client into the context', async () => {
    const page = await editor.open({ flows: withOtherIds(redisFlows(1)) });
    await openMoveOver(page, 'redis');
    assert.match(await summary(page), /no counterpart for a client in the context \(redis\)/);
    await confirmMove(page);
    assert.equal((await page.node('server-2'))?.['type'], 'redis-config');
    assert.equal((await page.node('client-2'))?.['type'], 'redis-instance');
    assert.equal((await page.node('pop-2'))?.['type'], 'pool-redis-source');
  });
});
