/** The example flows do in a real Node-RED what their comments say. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeInitializer, NodeMessageInFlow } from 'node-red';
import helper from 'node-red-node-test-helper';
import profileNode = require('../../nodes/pool-mqtt-profile');
import sinkNode = require('../../nodes/pool-mqtt-sink');
import sourceNode = require('../../nodes/pool-mqtt-source');
import { getPool } from '../../src/runtime/process-pool';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { packageRoot } from '../support/package-root';
import { type Teardown, useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
// Prepares the helper for the installed Node-RED.
import './node-red';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly [property: string]: unknown;
}

const EXAMPLES = join(packageRoot, 'examples');
const OURS = ['pool-mqtt-profile', 'pool-mqtt-source', 'pool-mqtt-sink'];
const CORE: Readonly<Record<string, string>> = {
  inject: 'common/20-inject.js',
  debug: 'common/21-debug.js',
  comment: 'common/90-comment.js',
  change: 'function/15-change.js',
};

function readExample(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as FlowNode[];
}

class RunningExample {
  readonly #nodes: readonly FlowNode[];
  readonly #got = new Map<string, NodeMessageInFlow[]>();

  constructor(nodes: readonly FlowNode[]) {
    this.#nodes = nodes;
  }

  /** Starts it on the given port instead of the standard one. */
  async start(port: number): Promise<void> {
    const nodes = this.#nodes.map((node) =>
      node.type === 'pool-mqtt-profile' ? { ...node, port: String(port) } : node,
    );
    const core = Object.values(CORE).map((file) => require(`@node-red/nodes/core/${file}`) as NodeInitializer);
    const initializers = [...core, profileNode, sourceNode, sinkNode];
    await helper.load(initializers, nodes as unknown as Parameters<typeof helper.load>[1]);
    for (const { id, name = '' } of this.#nodes.filter(({ type }) => type === 'debug')) {
      const messages: NodeMessageInFlow[] = [];
      this.#got.set(name, messages);
      helper.getNode(id).on('input', (message) => messages.push(message));
    }
  }

  /** What the debug node of this name has got so far. */
  got(name: string): readonly NodeMessageInFlow[] {
    return this.#got.get(name) ?? assert.fail(`no debug node is called ${name}`);
  }

  /** Clicks the button of the inject node of this name. */
  click(name: string): void {
    const node = this.#nodes.find((one) => one.type === 'inject' && one.name === name);
    assert.ok(node, `no inject node is called ${name}`);
    helper.getNode(node.id).receive();
  }
}

async function run(teardown: Teardown, name: string): Promise<{ broker: Mosquitto; example: RunningExample }> {
  const broker = teardown.stopLater(await startMosquitto());
  const example = new RunningExample(readExample(name));
  teardown.defer(async () => {
    await helper.unload();
    await getPool().closeUnused();
  });
  await example.start(broker.port);
  return { broker, example };
}

describe('the examples', () => {
  const teardown = useTeardown();

  for (const file of readdirSync(EXAMPLES)) {
    it(`${file} needs nothing but Node-RED, this package and a broker on loopback`, () => {
      const nodes = readExample(file);
      const known = new Set(['tab', 'group', ...Object.keys(CORE), ...OURS]);
      assert.deepEqual(
        nodes.filter(({ type }) => !known.has(type)),
        [],
      );
      for (const node of nodes.filter(({ type }) => type === 'pool-mqtt-profile')) {
        assert.deepEqual([node['broker'], node['port'], node['credentials']], ['127.0.0.1', '1883', undefined]);
      }
      assert.equal(nodes.find(({ type }) => type !== 'tab')?.type, 'comment', 'a comment comes first');
    });
  }

  it('01 delivers to sources of both profiles over one connection', async () => {
    const { broker, example } = await run(teardown, '01 - One connection, many nodes.json');
    const [temperatures, everything] = [example.got('temperatures'), example.got('everything of the plant')];
    await waitFor(() => temperatures.length >= 1 && everything.length >= 1, 'a temperature at both sources');
    assert.equal(temperatures[0]?.topic, 'plant/1/temperature');
    assert.equal(typeof temperatures[0]?.payload, 'number');
    assert.equal(everything[0]?.payload, temperatures[0]?.payload);
    assert.equal(broker.count('CONNECT'), 1);
  });

  it('02 answers a request at its response topic', async () => {
    const { broker, example } = await run(teardown, '02 - Request and response.json');
    example.click('what time is it?');
    const answers = example.got('answer');
    await waitFor(() => answers.length >= 1, 'the answer');
    assert.equal(answers[0]?.topic, 'service/clock/answer');
    assert.ok(!Number.isNaN(Date.parse(String(answers[0]?.payload))), 'the answer is a time');
    assert.ok(Buffer.isBuffer(answers[0]?.['correlationData']));
    assert.equal(broker.count('CONNECT'), 1);
  });
});
