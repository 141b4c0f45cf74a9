import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import {
  catcher,
  collector,
  completer,
  type FlowNode,
  holder,
  PLACE,
  profile,
  sink,
  source,
  startFlow,
  TAB,
} from './node-red';

const CORE = ['function/10-function.js', 'function/15-change.js', 'storage/10-file.js'];

/** source → change → `middle` → function → sink, and back to the broker under another topic. */
function chain(port: number, middle: FlowNode, name: string, acknowledge = 'receipt'): FlowNode[] {
  const rules = [
    { t: 'set', p: 'topic', pt: 'msg', to: 'out', tot: 'str' },
    { t: 'set', p: 'number', pt: 'msg', to: 'payload', tot: 'msg' },
  ];
  const func = 'msg.payload = msg.number; return msg;';
  return [
    TAB,
    profile(port, { clientid: 'me' }),
    source({ topic: 'in', qos: '1', datatype: 'utf8', name, acknowledge, wires: [['change']] }),
    { id: 'change', type: 'change', ...PLACE, name, rules, wires: [['middle']] },
    { ...middle, id: 'middle', ...PLACE, name, wires: [['function']] },
    { id: 'function', type: 'function', ...PLACE, name, func, outputs: 1, timeout: 0, libs: [], wires: [['sink']] },
    sink({ qos: '1', name }),
  ];
}

const PASSING: FlowNode = { id: 'middle', type: 'function', func: 'return msg;', outputs: 1, timeout: 0, libs: [] };
/** Takes its time with every message: it reads a file. */
const READING: FlowNode = { id: 'middle', type: 'file in', filename: __filename, filenameType: 'str', format: 'utf8' };

describe('messages within the flows survive deploys', () => {
  const teardown = useTeardown();

  async function run(
    middle: FlowNode,
    types: readonly ('full' | 'flows' | 'nodes')[],
    rounds: number,
    acknowledge?: 'complete',
  ) {
    const broker = teardown.stopLater(await startMosquitto());
    const flow = await startFlow(teardown, chain(broker.port, middle, '', acknowledge), {}, CORE);
    await flow.connected('source', 'sink');
    await broker.waitForLog(/Sending SUBACK to me/);
    const listener = await PrivateClient.connect(broker.url);
    teardown.defer(() => listener.close());
    await listener.subscribe('out', { qos: 1 });
    const stream = await NumberedStream.start(teardown, broker.url, 'in', 1);
    for (let round = 0; round < rounds; round += 1) {
      const before = listener.seen.length;
      await waitFor(() => listener.seen.length > before + 20, 'messages between deploys');
      await flow.deploy(
        chain(broker.port, middle, `round ${round}`, acknowledge),
        types[round % types.length] ?? 'full',
      );
    }
    await stream.stop();
    await waitFor(() => listener.payloads.includes('end'), 'the last message');
    return { stream, listener, flow, broker };
  }

  it('in a chain from source to sink, complete and in order', async () => {
    const { stream, listener, flow, broker } = await run(PASSING, ['full', 'flows', 'nodes'], 20);
    assertComplete(listener.payloads, stream.sent);
    assert.equal(broker.count('CONNECT', 'me'), 1);
    assert.deepEqual(flow.problems, []);
  });

  it('when their end is waited for, too, and all are acknowledged', async () => {
    const { stream, listener } = await run(PASSING, ['full', 'flows', 'nodes'], 40, 'complete');
    assertComplete(listener.payloads, stream.sent);
  });

  it('that call another tab, which is deployed alone', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const there = { z: 'other', x: 1, y: 1 };
    const nodes = (name: string) => [
      TAB,
      { id: 'other', type: 'tab', label: 'Other' },
      profile(broker.port, { clientid: 'me' }),
      source({ topic: 'in', qos: '1', datatype: 'utf8', wires: [['call']] }),
      {
        id: 'call',
        type: 'link call',
        ...PLACE,
        links: ['enter'],
        linkType: 'static',
        timeout: '30',
        wires: [['got']],
      },
      collector(),
      { id: 'enter', type: 'link in', ...there, name: 'enter', links: [], wires: [['function']] },
      { ...PASSING, id: 'function', ...there, name, wires: [['return']] },
      { id: 'return', type: 'link out', ...there, mode: 'return', links: [], wires: [] },
    ];
    const flow = await startFlow(teardown, nodes(''), {}, [...CORE, 'common/60-link.js']);
    await broker.waitForLog(/Sending SUBACK to me/);
    const stream = await NumberedStream.start(teardown, broker.url, 'in', 1);
    for (let round = 0; round < 10; round += 1) {
      const before = flow.collected('got').length;
      await waitFor(() => flow.collected('got').length > before + 20, 'messages between deploys');
      await flow.deploy(nodes(`round ${round}`), round % 2 ? 'flows' : 'nodes');
    }
    await stream.stop();
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    await waitFor(() => payloads().at(-1) === 'end', 'the last message');
    assertComplete(payloads(), stream.sent);
    assert.deepEqual(flow.problems, []);
  });

  it('also what a closed node sends, fails or completes when the deploy is over', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [
      TAB,
      profile(broker.port),
      source({ topic: 'in', wires: [['holder']] }),
      holder(),
      collector(),
      catcher('caught'),
      collector('caught'),
      completer(['holder'], 'completed'),
      collector('completed'),
    ];
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source');
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    await broker.waitForLog(/Sending SUBACK/);
    for (const payload of ['sent', 'failed']) await client.publish('in', payload);
    await waitFor(() => flow.held('holder').length === 2, 'both messages to be held');
    await flow.deploy(nodes, 'full');
    const [sent, failed] = flow.held('holder');
    sent?.send(sent.message);
    sent?.done();
    failed?.done(new Error('late'));
    const at = (id: string) => flow.collected(id).map(({ payload }) => payload);
    await waitFor(() => at('got').length + at('caught').length + at('completed').length === 3, 'all three');
    assert.deepEqual([at('got'), at('caught'), at('completed')], [['sent'], ['failed'], ['sent']]);
  });

  it('where a node is in the middle of something when it is closed', async () => {
    const { stream, listener } = await run(READING, ['full'], 10);
    await waitFor(() => listener.seen.length > stream.sent, 'all messages');
    const numbers = listener.payloads.filter((payload) => payload !== 'end').map(Number);
    assertComplete(
      [...numbers].sort((one, other) => one - other),
      stream.sent,
    );
  });
});
