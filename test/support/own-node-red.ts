/**
 * A Node-RED as a user has it: a process of its own with a user directory in which this package is installed, flows and
 * a settings file. Which one is for the environment to say (`NODE_RED`, `NODE_RED_NODE`): the tests run with several.
 */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from './package-root';
import { freePort } from './ports';
import { ServerProcess } from './server-process';

const PACKAGE = '@edgepool/node-red-connection-pool';
/** A loaded machine takes its time; stopping waits for the close handlers of all nodes. */
const START_MILLIS = 60_000;
const END_MILLIS = 20_000;

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export interface NodeRedOptions {
  readonly flows?: readonly FlowNode[];
  /** Further keys of settings.js, as JSON; `editorTheme` is merged with what the tests need. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Further files of the user directory, by their path in it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further environment variables. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Is this package there from the start? @default true */
  readonly installed?: boolean;
}

/** Starts one and settles when its flows have started and it takes connections. */
export async function startNodeRed(options: NodeRedOptions = {}): Promise<NodeRed> {
  const userDir = await mkdtemp(join(tmpdir(), 'own-node-red-'));
  const nodeRed = new NodeRed(userDir, await freePort(), options);
  try {
    await makeUserDir(userDir, nodeRed.port, options);
    await nodeRed.start();
  } catch (error) {
    await nodeRed.stop();
    throw error;
  }
  return nodeRed;
}

export class NodeRed {
  readonly userDir: string;
  readonly port: number;
  /** Where the editor is, with a slash at its end. */
  readonly url: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #process: ServerProcess;

  constructor(userDir: string, port: number, { settings = {}, environment = {} }: NodeRedOptions) {
    this.userDir = userDir;
    this.port = port;
    const root = typeof settings['httpAdminRoot'] === 'string' ? settings['httpAdminRoot'] : '/';
    this.url = `http://127.0.0.1:${port}${root.endsWith('/') ? root : `${root}/`}`;
    this.#environment = environment;
    this.#process = new ServerProcess(process.env['NODE_RED_NODE'] ?? process.execPath, 'stdout', END_MILLIS);
  }

  /** All lines logged so far, over restarts. */
  get log(): readonly string[] {
    return this.#process.log;
  }

  /** Starts it (again) on its port. */
  async start(): Promise<void> {
    const script = process.env['NODE_RED'] ?? join(packageRoot, 'node_modules', 'node-red', 'red.js');
    const args = [script, '--userDir', this.userDir, '--settings', join(this.userDir, 'settings.js')];
    // Either may be the first.
    const awaited = new Set(['Started flows', 'Server now running']);
    const isReady = (line: string) => {
      for (const text of awaited) if (line.includes(text)) awaited.delete(text);
      return awaited.size === 0;
    };
    await this.#process.start(args, isReady, this.#environment, START_MILLIS);
  }

  /** Ends the process but keeps its files, so that `start()` continues on the same port. */
  halt(signal?: NodeJS.Signals): Promise<void> {
    return this.#process.halt(signal);
  }

  /** Ends the process and removes its files. */
  async stop(): Promise<void> {
    await this.halt();
    await rm(this.userDir, { recursive: true, force: true });
  }

  /** Asks the admin API; `path` is relative to the admin root. */
  fetch(path: string, options: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.url), options);
  }

  /** Replaces all flows, with credentials where nodes have some. */
  async deploy(flows: readonly FlowNode[]): Promise<void> {
    const headers = { 'content-type': 'application/json', 'node-red-deployment-type': 'full' };
    const answer = await this.fetch('flows', { method: 'POST', headers, body: JSON.stringify(flows) });
    if (!answer.ok) throw new Error(`deploying failed with ${answer.status}: ${await answer.text()}`);
  }

  /** Waits until a line matches, among those logged from `from` on. */
  waitForLog(pattern: RegExp, from = 0): Promise<string> {
    return this.#process.waitForLog(pattern, from);
  }
}

/** This package is "installed" as a link to its folder. */
async function makeUserDir(userDir: string, port: number, options: NodeRedOptions): Promise<void> {
  const { flows = [], files = {}, installed = true } = options;
  const manifest = { name: 'test', version: '1.0.0', private: true, dependencies: installed ? { [PACKAGE]: '*' } : {} };
  const all = {
    'package.json': JSON.stringify(manifest),
    'flows.json': JSON.stringify(flows),
    'settings.js': `module.exports = ${JSON.stringify(settingsFor(port, options), undefined, 2)};\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(userDir, path)), { recursive: true });
    await writeFile(join(userDir, path), text);
  }
  if (!installed) return;
  const link = join(userDir, 'node_modules', PACKAGE);
  await mkdir(dirname(link), { recursive: true });
  await symlink(packageRoot, link, 'junction');
}

/** Nothing but this machine is asked for anything, and nothing covers the editor. */
function settingsFor(port: number, { settings = {} }: NodeRedOptions): Readonly<Record<string, unknown>> {
  const { editorTheme, ...others } = settings as { readonly editorTheme?: object };
  return {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: false,
    lang: 'en-US',
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
    editorTheme: { tours: false, palette: { catalogues: [] }, ...editorTheme },
    ...others,
  };
}
