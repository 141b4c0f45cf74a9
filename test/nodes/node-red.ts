/** A real Node-RED runtime for one test: starts a flow with this package's nodes and records what it shows and logs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node, NodeAPI, NodeInitializer, NodeMessageInFlow, NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import { getPool } from '../../src/runtime/process-pool';
import { packageRoot } from '../support/package-root';
import type { Teardown } from '../support/teardown';
import { waitFor } from '../support/waiting';

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The runtime's own events and core nodes; Node-RED has no types for them. */
const { events, hooks } = require('@node-red/util') as { events: NodeJS.EventEmitter; hooks: NodeAPI['hooks'] };
const runtimeNodes = require('@node-red/runtime/lib/nodes') as {
  loadFlows(restart: boolean): Promise<unknown>;
  setFlows(nodes: readonly FlowNode[], credentials: object, type: string): Promise<unknown>;
};
const coreNode = (file: string) => require(`@node-red/nodes/core/${file}`) as NodeInitializer;

/** All node types of this package, as its package.json registers them. */
export const ownTypes: readonly string[] = Object.keys(
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { 'node-red': { nodes: object } })['node-red']
    .nodes,
);

export const ownNodes: readonly NodeInitializer[] = ownTypes.map((name) =>
  withHooks(require(`../../nodes/${name}`) as NodeInitializer),
);

/** The test helper leaves `RED.hooks` out, which a runtime has. */
function withHooks(initialise: NodeInitializer): NodeInitializer {
  return (RED) => initialise(Object.assign(RED, { hooks }));
}

/** What the collectors got, by their id; deploys don't touch it. */
const collected = new Map<string, NodeMessageInFlow[]>();

/** A message that a node of type `test-holder` has not let go. */
export interface HeldMessage {
  readonly message: NodeMessageInFlow;
  send(message: NodeMessageInFlow): void;
  done(error?: Error): void;
}

/** What the holders hold, by their id. */
const held = new Map<string, HeldMessage[]>();

/** Registers `test-collector` and `test-holder`; see `collector` and `holder`. */
const testNodes: NodeInitializer = (RED) => {
  RED.nodes.registerType('test-holder', function (this: Node, config) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, send, done) => {
      held.set(this.id, [...(held.get(this.id) ?? []), { message, send, done }]);
    });
  });
  RED.nodes.registerType('test-collector', function (this: Node, config) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      messagesOf(this.id).push(message);
      done();
    });
  });
};

function messagesOf(id: string): NodeMessageInFlow[] {
  const messages = collected.get(id) ?? [];
  collected.set(id, messages);
  return messages;
}

helper.init(require.resolve('node-red'));

export class FlowUnderTest {
  readonly statuses = new Map<string, NodeStatus[]>();
  readonly #onStatus = ({ id, status }: { id: string; status: NodeStatus }) => {
    this.statuses.set(id, [...(this.statuses.get(id) ?? []), status]);
  };

  /** @param core further nodes of Node-RED's own, such as `function/10-function.js` */
  async start(nodes: readonly FlowNode[], credentials: Credentials, core: readonly string[] = []): Promise<void> {
    events.on('node-status', this.#onStatus);
    collected.clear();
    held.clear();
    await helper.load(
      [...['network/05-tls.js', ...core].map(coreNode), ...ownNodes, testNodes],
      nodes as unknown as Parameters<typeof helper.load>[1],
      credentials as unknown as Parameters<typeof helper.load>[2],
    );
  }

  async stop(): Promise<void> {
    events.off('node-status', this.#onStatus);
    await helper.unload();
    await getPool().closeUnused();
  }

  /** Stops the flows as a shutdown does. */
  async shutDown(): Promise<void> {
    await helper.clearFlows();
  }

  /** Credentials of nodes that have changed are to stand in the nodes, as in a deploy of the editor. */
  async deploy(nodes: readonly FlowNode[], type: 'full' | 'flows' | 'nodes'): Promise<void> {
    await deployFlows(nodes, type);
  }

  /** A deploy after which no node is started, because one is of a type that is not installed. */
  async deployInVain(nodes: readonly FlowNode[]): Promise<void> {
    await runtimeNodes.setFlows([...nodes, { id: 'strange', type: 'not-installed', ...PLACE }], {}, 'full');
  }

  /** Calls back at the next `flows:…` event of the runtime. */
  onceFlows(event: string, listener: () => void): void {
    events.once(`flows:${event}`, listener);
  }

  /** "Restart flows" of the editor: the flows as they were loaded at first. */
  async reload(): Promise<void> {
    await restarted(() => runtimeNodes.loadFlows(true));
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  /** Records the messages a node gets; for nodes of type `helper`. */
  received(id: string): NodeMessageInFlow[] {
    const messages: NodeMessageInFlow[] = [];
    this.node(id).on('input', (message, _send, done) => {
      messages.push(message);
      done();
    });
    return messages;
  }

  /** What a node of type `test-collector` has got, in all its lives. */
  collected(id: string): readonly NodeMessageInFlow[] {
    return messagesOf(id);
  }

  /** What a node of type `test-holder` was given, in all its lives. */
  held(id: string): readonly HeldMessage[] {
    return held.get(id) ?? [];
  }

  send(id: string, message: Record<string, unknown>): void {
    this.node(id).receive(message);
  }

  status(id: string): NodeStatus | undefined {
    return this.statuses.get(id)?.at(-1);
  }

  /** Waits until the last status of a node matches. */
  async shows(id: string, text: string | RegExp): Promise<NodeStatus> {
    return waitFor(
      () => {
        const status = this.status(id);
        const fits = typeof text === 'string' ? status?.text === text : text.test(status?.text ?? '');
        return fits ? status : undefined;
      },
      () => `status ${String(text)} of ${id}; it showed ${JSON.stringify(this.statuses.get(id))}`,
    );
  }

  async connected(...ids: string[]): Promise<void> {
    for (const id of ids) await this.shows(id, 'node-red:common.status.connected');
  }

  /** What nodes logged at warning and error level, as `<node id>: <text>`. */
  get problems(): string[] {
    return this.#logged((level) => level <= 30);
  }

  /** What nodes logged at any level, as `<node id>: <text>`. */
  get logged(): string[] {
    return this.#logged(() => true);
  }

  #logged(wanted: (level: number) => boolean): string[] {
    const entries = helper.log().args.map(([entry]) => entry as { level: number; id?: string; msg: unknown });
    return entries
      .filter(({ id, level }) => id !== undefined && wanted(level))
      .map(({ id, msg }) => `${id}: ${msg instanceof Error ? msg.message : String(msg)}`);
  }
}

/** Settles when all nodes have started, which the runtime's own answer to a deploy does not wait for. */
async function restarted(deploy: () => Promise<unknown>): Promise<void> {
  const started = new Promise((resolve) => events.once('flows:started', resolve));
  await deploy();
  await started;
}

/** A deploy as the editor makes it; settles when all nodes have started. */
export function deployFlows(nodes: readonly FlowNode[], type: 'full' | 'flows' | 'nodes'): Promise<void> {
  return restarted(() => runtimeNodes.setFlows(nodes, {}, type));
}

/** Starts a flow; it is stopped after the test. */
export async function startFlow(
  teardown: Teardown,
  nodes: readonly FlowNode[],
  credentials: Credentials = {},
  core: readonly string[] = [],
): Promise<FlowUnderTest> {
  const flow = new FlowUnderTest();
  teardown.defer(() => flow.stop());
  await flow.start(nodes, credentials, core);
  return flow;
}

/** The tab the nodes below are on. */
export const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Tab' };

/** A node without coordinates would be taken for a config node. */
export const PLACE = { z: 'tab', x: 100, y: 100 };

export function profile(port: number, properties: Record<string, unknown> = {}): FlowNode {
  return { id: 'profile', type: 'pool-mqtt-profile', broker: '127.0.0.1', port: String(port), ...properties };
}

export function source(properties: Record<string, unknown> = {}): FlowNode {
  const defaults = { topic: '#', qos: '2', datatype: 'auto-detect', rap: true, wires: [['got']] };
  return { id: 'source', type: 'pool-mqtt-source', ...PLACE, profile: 'profile', ...defaults, ...properties };
}

export function sink(properties: Record<string, unknown> = {}): FlowNode {
  return {
    id: 'sink',
    type: 'pool-mqtt-sink',
    ...PLACE,
    profile: 'profile',
    topic: '',
    qos: '',
    retain: '',
    ...properties,
  };
}

export function redisProfile(port: number, properties: Record<string, unknown> = {}): FlowNode {
  return { id: 'profile', type: 'pool-redis-profile', host: '127.0.0.1', port: String(port), ...properties };
}

/** A Redis node that is wired to the recorder `got`; its id is `source`, `sink`, `command` or `script`. */
export function redisNode(
  kind: 'source' | 'sink' | 'command' | 'script',
  properties: Record<string, unknown> = {},
): FlowNode {
  return { id: kind, type: `pool-redis-${kind}`, ...PLACE, profile: 'profile', wires: [['got']], ...properties };
}

/** A node that only records: see `received`. */
export function recorder(id = 'got'): FlowNode {
  return { id, type: 'helper', ...PLACE };
}

/** A node that records what it gets over deploys: see `collected`. */
export function collector(id = 'got', properties: Record<string, unknown> = {}): FlowNode {
  return { id, type: 'test-collector', ...PLACE, ...properties };
}

/** A node that is in the middle of every message it gets until the test lets go: see `held`. */
export function holder(properties: Record<string, unknown> = {}): FlowNode {
  return { id: 'holder', type: 'test-holder', ...PLACE, wires: [['got']], ...properties };
}

/** Catches the errors of all nodes of the tab; wired to a recorder. */
export function catcher(to = 'caught'): FlowNode {
  return { id: 'catch', type: 'catch', ...PLACE, scope: null, uncaught: false, wires: [[to]] };
}

/** Gets every message that some nodes are done with; wired to a recorder. */
export function completer(scope: readonly string[], to = 'completed'): FlowNode {
  return { id: 'complete', type: 'complete', ...PLACE, scope, uncaught: false, wires: [[to]] };
}

/** The code a Catch node got with a message. */
export function caughtCode(message: NodeMessageInFlow | undefined): string | undefined {
  return (message?.['error'] as { code?: string } | undefined)?.code;
}

/** The text of the error a Catch node got with a message; Node-RED puts the name of its class in front. */
export function errorText(message: NodeMessageInFlow | undefined): string {
  return String((message?.['error'] as { message?: unknown } | undefined)?.message);
}
