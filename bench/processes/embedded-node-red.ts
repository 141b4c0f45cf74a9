/** Node-RED inside this process: the real runtime without editor, in a user directory of its own. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../test/support/package-root';
import { counts, reached } from './counter-node';

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

interface Runtime {
  readonly flows: { setFlows(options: object): Promise<unknown> };
}

interface NodeRed {
  init(settings: object): void;
  start(): Promise<void>;
  readonly runtime: Runtime;
  readonly events: NodeJS.EventEmitter;
  readonly hooks: { add(name: string, handler: (event: CompleteEvent) => void): void };
  readonly nodes: { getNode(id: string): { receive(message: object): void } | null };
}

/** What the hook `onComplete` is told: which node has done with a message. */
interface CompleteEvent {
  readonly node: { readonly id: string };
}

interface StatusEvent {
  readonly id: string;
  /** None of a node that is removed. */
  readonly status?: { readonly fill?: string; readonly text?: string };
}

/** What `flows:started` tells. */
interface StartedFlows {
  readonly config: { readonly flows: readonly FlowNode[] };
}

interface ProfileNode {
  readonly controller: { readonly outbox: { readonly depth: { readonly count: number } | undefined } };
}

interface LogEntry {
  readonly level: number;
  readonly msg: unknown;
}

const LEVEL_ERROR = 20;

export class EmbeddedNodeRed {
  #red: NodeRed | undefined;
  #onComplete: ((nodeId: string) => void) | undefined;

  readonly #statuses = new Map<string, Set<string>>();
  readonly #lastStatuses = new Map<string, string>();

  /**
   * @param packages folders of further packages with nodes
   * @param keptDir a user directory made by `makeUserDir` that outlives the process; else there is one for its life
   */
  async start(packages: readonly string[] = [], keptDir?: string): Promise<void> {
    const userDir = keptDir ?? makeUserDir([packageRoot, ...packages]);
    if (keptDir === undefined) process.on('exit', () => rmSync(userDir, { recursive: true, force: true }));
    const red = require('node-red') as NodeRed;
    red.init({
      userDir,
      flowFile: 'flows.json',
      lang: 'en-US',
      credentialSecret: false,
      httpAdminRoot: false,
      httpNodeRoot: false,
      telemetry: { enabled: false, updateNotification: false },
      externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
      logging: { bench: { level: 'error', metrics: false, audit: false, handler: () => logError } },
    });
    red.events.on('node-status', ({ id, status: { fill = '', text = '' } = {} }: StatusEvent) => {
      const seen = this.#statuses.get(id) ?? new Set();
      const status = `${fill} ${text}`.trim();
      this.#statuses.set(id, seen.add(status));
      this.#lastStatuses.set(id, status);
    });
    // What the runtime starts by itself comes after its start, and would take the credentials of a first deploy with it.
    const started = once(red.events, 'flows:started');
    await red.start();
    await started;
    this.#red = red;
  }

  /**
   * Settles when the nodes have started, which the runtime's own answer to a deploy does not wait for.
   *
   * @param deploymentType `full`, or `flows` or `nodes` to start anew only what has changed
   */
  async deploy(nodes: readonly FlowNode[], deploymentType: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    const { events, runtime } = this.#started;
    const started = new Promise<void>((resolve) => {
      const onStarted = ({ config }: StartedFlows): void => {
        // A start that was still under way tells of the flows before.
        if (config.flows.length !== nodes.length) return;
        events.off('flows:started', onStarted);
        resolve();
      };
      events.on('flows:started', onStarted);
    });
    await runtime.flows.setFlows({ flows: { flows: nodes }, deploymentType });
    await started;
  }

  inject(nodeId: string, topic: string, payload: string): void {
    this.#node(nodeId).receive({ topic, payload });
  }

  /** Hands messages to each of these nodes; settles when the node `counter` has got as many. */
  async injectEach(nodeIds: readonly string[], messages: number): Promise<void> {
    const nodes = nodeIds.map((id) => this.#node(id));
    const all = reached('counter', (counts.get('counter') ?? 0) + nodeIds.length * messages);
    for (let index = 0; index < messages; index += 1) for (const node of nodes) node.receive({ payload: '' });
    await all;
  }

  /** Hands so many messages to a node at once, each with a topic of its own; settles when it has completed them all. */
  async injectMany(nodeId: string, messages: number, payload: string): Promise<void> {
    const node = this.#node(nodeId);
    if (this.#onComplete === undefined) {
      // A hook costs something with every message: only where it is needed.
      this.#started.hooks.add('onComplete.bench', (event) => this.#onComplete?.(event.node.id));
    }
    const completed = new Promise<void>((resolve) => {
      let open = messages;
      this.#onComplete = (id) => {
        if (id !== nodeId) return;
        open -= 1;
        if (open === 0) resolve();
      };
    });
    for (let index = 0; index < messages; index += 1) node.receive({ topic: `key:${index}`, payload });
    await completed;
  }

  /** Settles when nothing is left in the outbox of a profile. */
  async drained(profileId: string): Promise<void> {
    const profile = this.#node(profileId) as unknown as ProfileNode;
    while ((profile.controller.outbox.depth?.count ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  /** Each status that a node has had, as `red disconnected`. */
  statuses(nodeId: string): string[] {
    return [...(this.#statuses.get(nodeId) ?? [])];
  }

  /** The status a node has now; empty if none. */
  status(nodeId: string): string {
    return this.#lastStatuses.get(nodeId) ?? '';
  }

  counts(): Record<string, number> {
    return Object.fromEntries(counts);
  }

  #node(id: string): { receive(message: object): void } {
    const node = this.#started.nodes.getNode(id);
    if (node === null) throw new Error(`There is no node ${id}.`);
    return node;
  }

  get #started(): NodeRed {
    if (this.#red === undefined) throw new Error('Node-RED was not started.');
    return this.#red;
  }
}

/** The packages are "installed" as links to their folders, and the counter as a file of the user's own. */
export function makeUserDir(packages: readonly string[]): string {
  const userDir = mkdtempSync(join(tmpdir(), 'node-red-bench-'));
  const dependencies: Record<string, string> = {};
  for (const folder of packages) {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(text) as { readonly name: string; readonly version: string };
    const link = join(userDir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(folder, link, 'junction');
    dependencies[name] = version;
  }
  const manifest = { name: 'bench', version: '1.0.0', private: true, dependencies };
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(manifest));
  const nodes = join(userDir, 'nodes');
  mkdirSync(nodes);
  const counter = JSON.stringify(join(__dirname, 'counter-node.js'));
  writeFileSync(join(nodes, 'bench-counter.js'), `module.exports = require(${counter}).registerCounter;\n`);
  const types = ['bench-counter', 'bench-recorder', 'bench-feed'].map(
    (type) => `RED.nodes.registerType("${type}", {});`,
  );
  writeFileSync(join(nodes, 'bench-counter.html'), `<script>${types.join('')}</script>\n`);
  return userDir;
}

function logError({ level, msg }: LogEntry): void {
  if (level > LEVEL_ERROR) return;
  console.error(`[node-red] ${msg instanceof Error ? msg.message : String(msg)}`);
}
