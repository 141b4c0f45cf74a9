/** An example flow that runs in a real Node-RED, with the ports of servers that a test has started. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { NodeInitializer, NodeMessageInFlow } from 'node-red';
import helper from 'node-red-node-test-helper';
import { getPool } from '../../src/runtime/process-pool';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { packageRoot } from '../support/package-root';
import { type RedisServer, startRedis } from '../support/redis-server';
import type { Teardown } from '../support/teardown';
import { deployFlows, type FlowNode, ownNodes } from './node-red';

export const EXAMPLES = join(packageRoot, 'examples');
/** Files of the core nodes that examples use, by their types. */
export const CORE: Readonly<Record<string, string>> = {
  inject: 'common/20-inject.js',
  debug: 'common/21-debug.js',
  comment: 'common/90-comment.js',
  change: 'function/15-change.js',
  function: 'function/10-function.js',
  switch: 'function/10-switch.js',
  catch: 'common/25-catch.js',
  'http in': 'network/21-httpin.js',
};

export function readExample(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(EXAMPLES, name), 'utf8')) as FlowNode[];
}

/** What answers at the HTTP In nodes of the runtime. */
let webOfNodes: RequestListener | undefined;

const noteWeb: NodeInitializer = (RED) => {
  webOfNodes = RED.httpNode as unknown as RequestListener;
};

function withPort(node: FlowNode, port: string): FlowNode {
  return node.type === 'pool-http-profile' ? { ...node, baseUrl: `http://127.0.0.1:${port}` } : { ...node, port };
}

export class RunningExample {
  readonly #nodes: readonly FlowNode[];
  #deployed: readonly FlowNode[] = [];
  readonly #got = new Map<string, NodeMessageInFlow[]>();

  constructor(nodes: readonly FlowNode[]) {
    this.#nodes = nodes;
  }

  /** Starts it with the given ports, by type of profile, instead of the standard ones. */
  async start(ports: Readonly<Record<string, number | undefined>>): Promise<void> {
    const nodes = this.#nodes.map((node) =>
      ports[node.type] === undefined ? node : withPort(node, String(ports[node.type])),
    );
    this.#deployed = nodes;
    const core = Object.values(CORE).map((file) => require(`@node-red/nodes/core/${file}`) as NodeInitializer);
    const initializers = [...core, ...ownNodes, noteWeb];
    await helper.load(initializers, nodes as unknown as Parameters<typeof helper.load>[1]);
    this.#collect();
  }

  /** Deploys everything anew. What debug nodes get while it is under way is not among what they `got`. */
  async deploy(): Promise<void> {
    await deployFlows(this.#deployed, 'full');
    this.#collect();
  }

  #collect(): void {
    for (const { id, name } of this.#nodes.filter(({ type }) => type === 'debug')) {
      const messages = this.#got.get(String(name)) ?? [];
      this.#got.set(String(name), messages);
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

async function start(
  teardown: Teardown,
  name: string,
  ports: Readonly<Record<string, number>>,
): Promise<RunningExample> {
  const example = new RunningExample(readExample(name));
  teardown.defer(async () => {
    await helper.unload();
    await getPool().closeUnused();
  });
  await example.start(ports);
  return example;
}

export async function runMqtt(
  teardown: Teardown,
  name: string,
): Promise<{ broker: Mosquitto; example: RunningExample }> {
  const broker = teardown.stopLater(await startMosquitto());
  return { broker, example: await start(teardown, name, { 'pool-mqtt-profile': broker.port }) };
}

/** With a web server for the HTTP In nodes of the example, as Node-RED has one. */
export async function runHttp(teardown: Teardown, name: string): Promise<RunningExample> {
  const server = createServer((request, response) => webOfNodes?.(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  teardown.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return start(teardown, name, { 'pool-http-profile': (server.address() as AddressInfo).port });
}

export async function runRedis(
  teardown: Teardown,
  name: string,
): Promise<{ server: RedisServer; example: RunningExample }> {
  const server = teardown.stopLater(await startRedis());
  return { server, example: await start(teardown, name, { 'pool-redis-profile': server.port }) };
}
