/** Node-RED inside this process: the real runtime without editor, in a user directory of its own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../test/support/package-root';
import { counts } from './counter-node';

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
  readonly nodes: { getNode(id: string): { receive(message: object): void } | null };
}

/** What `flows:started` tells. */
interface StartedFlows {
  readonly config: { readonly flows: readonly FlowNode[] };
}

interface LogEntry {
  readonly level: number;
  readonly msg: unknown;
}

const LEVEL_ERROR = 20;

export class EmbeddedNodeRed {
  #red: NodeRed | undefined;

  async start(): Promise<void> {
    const userDir = makeUserDir();
    process.on('exit', () => rmSync(userDir, { recursive: true, force: true }));
    const red = require('node-red') as NodeRed;
    red.init({
      userDir,
      flowFile: 'flows.json',
      credentialSecret: false,
      httpAdminRoot: false,
      httpNodeRoot: false,
      telemetry: { enabled: false, updateNotification: false },
      externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
      logging: { bench: { level: 'error', metrics: false, audit: false, handler: () => logError } },
    });
    await red.start();
    this.#red = red;
  }

  /** Settles when the nodes have started, which the runtime's own answer to a deploy does not wait for. */
  async deploy(nodes: readonly FlowNode[]): Promise<void> {
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
    await runtime.flows.setFlows({ flows: { flows: nodes }, deploymentType: 'full' });
    await started;
  }

  inject(nodeId: string, topic: string, payload: string): void {
    const node = this.#started.nodes.getNode(nodeId);
    if (node === null) throw new Error(`There is no node ${nodeId}.`);
    node.receive({ topic, payload });
  }

  counts(): Record<string, number> {
    return Object.fromEntries(counts);
  }

  get #started(): NodeRed {
    if (this.#red === undefined) throw new Error('Node-RED was not started.');
    return this.#red;
  }
}

/** The package is "installed" as a link to this repository, and the counter as a file of the user's own. */
function makeUserDir(): string {
  const userDir = mkdtempSync(join(tmpdir(), 'node-red-bench-'));
  const { name, version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const link = join(userDir, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(packageRoot, link, 'junction');
  const manifest = { name: 'bench', version: '1.0.0', private: true, dependencies: { [name]: version } };
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(manifest));
  const nodes = join(userDir, 'nodes');
  mkdirSync(nodes);
  const counter = JSON.stringify(join(__dirname, 'counter-node.js'));
  writeFileSync(join(nodes, 'bench-counter.js'), `module.exports = require(${counter}).registerCounter;\n`);
  writeFileSync(join(nodes, 'bench-counter.html'), '<script>RED.nodes.registerType("bench-counter", {});</script>\n');
  return userDir;
}

function logError({ level, msg }: LogEntry): void {
  if (level > LEVEL_ERROR) return;
  console.error(`[node-red] ${msg instanceof Error ? msg.message : String(msg)}`);
}
