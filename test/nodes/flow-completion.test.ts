import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { FlowFollower, type FlowOutcome } from '../../src/runtime/flow-completion/flow-follower';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { catcher, type FlowNode, PLACE, recorder, startFlow, TAB } from './node-red';

const { hooks } = require('@node-red/util') as Pick<NodeAPI, 'hooks'>;

const CORE = [
  'function/10-function.js',
  'function/10-switch.js',
  'function/15-change.js',
  'function/89-delay.js',
  'sequence/17-split.js',
  'common/60-link.js',
];

const node = (id: string, type: string, wires: string[][], properties: Record<string, unknown> = {}): FlowNode => ({
  id,
  type,
  ...PLACE,
  wires,
  ...properties,
});
const func = (id: string, code: string, wires: string[][]): FlowNode =>
  node(id, 'function', wires, { func: code, outputs: 1, libs: [] });

describe('a message is complete', () => {
  const teardown = useTeardown();

  /** Starts a flow that begins with the node `first`; a message is sent there and followed. */
  async function start(nodes: readonly FlowNode[]) {
    const begin = node('begin', 'helper', [['first']]);
    const flow = await startFlow(teardown, [TAB, begin, recorder(), recorder('caught'), catcher(), ...nodes], {}, CORE);
    const outcomes: FlowOutcome[] = [];
    const follower = new FlowFollower<{ payload: unknown }, number>(hooks, {
      send: (message) => flow.node('begin').send(message),
      settled: (_subject, outcome) => outcomes.push(outcome),
    });
    teardown.defer(() => follower.close());
    const follow = (payload: unknown) => follower.follow({ payload }, 1);
    return { flow, follower, outcomes, follow };
  }

  /** A node that is done with its messages when the test says so. */
  function holding(flow: Awaited<ReturnType<typeof start>>['flow'], id: string) {
    const held: (() => void)[] = [];
    flow.node(id).on('input', (_message, _send, done) => held.push(done));
    return held;
  }

  it('at once when nothing takes it', async () => {
    const { follow, outcomes } = await start([]);
    follow(1);
    await waitFor(() => outcomes.length === 1, 'the outcome');
    assert.deepEqual(outcomes, ['done']);
  });

  for (const [what, nodes] of [
    [
      'a Change node',
      [node('first', 'change', [['got']], { rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'x', tot: 'str' }] })],
    ],
    ['a Function node that makes a new message', [func('first', 'return { payload: 1 };', [['got']])]],
    ['a Function node that gives it another id', [func('first', 'msg._msgid = "another"; return msg;', [['got']])]],
    [
      'a Delay node',
      [
        node('first', 'delay', [['got']], {
          pauseType: 'delay',
          timeout: '20',
          timeoutUnits: 'milliseconds',
          outputs: 1,
        }),
      ],
    ],
    [
      'a Switch node',
      [
        node('first', 'switch', [['got']], {
          property: 'payload',
          propertyType: 'msg',
          rules: [{ t: 'else' }],
          checkall: 'true',
          outputs: 1,
        }),
      ],
    ],
    [
      'Link nodes',
      [
        node('first', 'link out', [], { mode: 'link', links: ['in'] }),
        node('in', 'link in', [['got']], { links: ['first'] }),
      ],
    ],
    [
      'a Link Call node',
      [
        node('first', 'link call', [['got']], { links: ['in'], linkType: 'static', timeout: '30' }),
        node('in', 'link in', [['work']]),
        func('work', 'setTimeout(() => { node.send(msg); node.done(); }, 10);', [['return']]),
        node('return', 'link out', [], { mode: 'return' }),
      ],
    ],
    [
      'Split and Join nodes',
      [
        node('first', 'split', [['join']], { splt: '\\n', spltType: 'str', arraySplt: 1, arraySpltType: 'len' }),
        node('join', 'join', [['got']], { mode: 'auto' }),
      ],
    ],
    [
      'a subflow',
      [
        {
          id: 'sub',
          type: 'subflow',
          in: [{ wires: [{ id: 'inner' }] }],
          out: [{ wires: [{ id: 'inner', port: 0 }] }],
        },
        { ...func('inner', 'setTimeout(() => { node.send(msg); node.done(); }, 10);', [[]]), z: 'sub' },
        node('first', 'subflow:sub', [['got']]),
      ],
    ],
  ] as const) {
    it(`only when what came through ${what} is done with`, async () => {
      const { flow, follow, outcomes } = await start(nodes);
      const held = holding(flow, 'got');
      follow('a');
      await waitFor(() => held.length === 1, 'the message');
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(outcomes, []);
      held[0]?.();
      await waitFor(() => outcomes.length === 1, 'the outcome');
      assert.deepEqual(outcomes, ['done']);
    });
  }

  it('only when all clones are done with', async () => {
    const twice = func('first', 'return msg;', [['got', 'other', 'got']]);
    const { flow, follow, outcomes } = await start([twice, recorder('other')]);
    const held = holding(flow, 'got');
    const other = holding(flow, 'other');
    follow({ deep: { object: 1 } });
    await waitFor(() => held.length === 2 && other.length === 1, 'all clones');
    for (const done of [held[0], other[0]]) done?.();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(outcomes, []);
    held[1]?.();
    await waitFor(() => outcomes.length === 1, 'the outcome');
  });

  it('only when all parts of it are done with', async () => {
    const { flow, follow, outcomes } = await start([
      node('first', 'split', [['got']], { splt: '\\n', spltType: 'str', arraySplt: 1, arraySpltType: 'len' }),
    ]);
    const held = holding(flow, 'got');
    follow([1, 2, 3]);
    await waitFor(() => held.length === 3, 'all parts');
    held[0]?.();
    held[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(outcomes, []);
    held[2]?.();
    await waitFor(() => outcomes.length === 1, 'the outcome');
  });

  it('when a Switch node drops it', async () => {
    const none = node('first', 'switch', [['got']], {
      property: 'payload',
      propertyType: 'msg',
      rules: [{ t: 'true' }],
      checkall: 'true',
      outputs: 1,
    });
    const { follow, outcomes } = await start([none]);
    follow('not true');
    await waitFor(() => outcomes.length === 1, 'the outcome');
    assert.deepEqual(outcomes, ['done']);
  });

  it('and failed when a node reports an error, also if it is caught', async () => {
    const { flow, follow, outcomes } = await start([func('first', 'throw new Error("no");', [['got']])]);
    const caught = flow.received('caught');
    follow(1);
    await waitFor(() => outcomes.length === 1 && caught.length === 1, 'the outcome');
    assert.deepEqual(outcomes, ['failed']);
  });

  it('and failed when one of several branches fails', async () => {
    const { flow, follow, outcomes } = await start([
      func('first', 'return msg;', [['bad', 'got']]),
      func('bad', 'node.error("no"); node.done(new Error("no"));', []),
    ]);
    flow.received('got');
    follow(1);
    await waitFor(() => outcomes.length === 1, 'the outcome');
    assert.deepEqual(outcomes, ['failed']);
  });

  it('and failed when a Function node reports an error with the message, now or later', async () => {
    const { flow, follow, outcomes } = await start([
      func('first', 'if (msg.payload === "now") { node.error("no", msg); return; } return msg;', [['later']]),
      func('later', 'setTimeout(() => { node.error("no", msg); node.done(); }, 10); return;', []),
    ]);
    const caught = flow.received('caught');
    follow('now');
    follow('later');
    await waitFor(() => outcomes.length === 2, 'the outcomes');
    assert.deepEqual(outcomes, ['failed', 'failed']);
    assert.equal(caught.length, 2);
  });

  it('and failed when a node of an old style reports an error with the message', async () => {
    const { flow, follow, outcomes } = await start([recorder('first')]);
    const first = flow.node('first');
    first.on('input', (message) => first.error('no', message));
    follow(1);
    await waitFor(() => outcomes.length === 1, 'the outcome');
    assert.deepEqual(outcomes, ['failed']);
  });

  it('when a node of an old style has taken it', async () => {
    const { flow, follow, outcomes } = await start([recorder('first')]);
    let taken = 0;
    flow.node('first').on('input', () => {
      taken += 1;
    });
    follow(1);
    await waitFor(() => outcomes.length === 1, 'the outcome');
    assert.equal(taken, 1);
  });

  it('each by itself, however many are under way', async () => {
    const { flow, follow, outcomes, follower } = await start([func('first', 'return msg;', [['got']])]);
    const held = holding(flow, 'got');
    for (let count = 0; count < 100; count += 1) follow(count);
    await waitFor(() => held.length === 100, 'all messages');
    assert.equal(follower.outstanding, 100);
    for (const done of held.slice(0, 40)) done();
    await waitFor(() => outcomes.length === 40, 'some outcomes');
    for (const done of held.slice(40)) done();
    await follower.drain(5000);
    assert.equal(outcomes.length, 100);
  });

  it('for nobody after closing, and the hooks are gone', async () => {
    const { flow, follow, outcomes, follower } = await start([func('first', 'return msg;', [['got']])]);
    const held = holding(flow, 'got');
    follow(1);
    await waitFor(() => held.length === 1, 'the message');
    assert.equal(hooks.has('onComplete'), true);
    follower.close();
    assert.equal(hooks.has('onComplete'), false);
    held[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(outcomes, []);
  });
});
