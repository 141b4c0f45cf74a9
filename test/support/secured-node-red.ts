/** Starting a real Node-RED with permissions, and asking its admin API. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Teardown } from './teardown';
import { within } from './waiting';

/** What the process is told. */
export interface NodeRedOrder {
  readonly flow: readonly object[];
  /** Further keys of settings.js, as JSON. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Further files of the user directory, by their path in it. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What it answers when the flows have started. */
export interface NodeRedReport {
  readonly port: number;
}

/** Bearer tokens, and what they permit. */
export const TOKENS: Readonly<Record<string, readonly string[]>> = {
  reader: ['connection-pool.read'],
  writer: ['connection-pool.read', 'connection-pool.write'],
  stranger: ['flows.read'],
  /** May open a web socket, too, as all editors do. */
  watcher: ['status.read', 'connection-pool.read'],
  onlooker: ['status.read', 'flows.read'],
  deployer: ['*'],
};

const START_DEADLINE_MILLIS = 60_000;

export class SecuredNodeRed {
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  /** The admin root. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/admin/`;
  }

  /** Asks the admin API; `path` is relative to the admin root. */
  async fetch(path: string, token?: string, options: RequestInit = {}): Promise<Response> {
    const headers = new Headers(options.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    return fetch(`${this.url}${path}`, { ...options, headers });
  }
}

/** Starts it; it is stopped after the test. */
export async function startSecuredNodeRed(teardown: Teardown, order: NodeRedOrder): Promise<SecuredNodeRed> {
  const child = fork(join(__dirname, 'secured-node-red-process.js'));
  const exited = once(child, 'exit');
  teardown.defer(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  const reported = once(child, 'message');
  child.send(order);
  const failed = exited.then(() => {
    throw new Error('Node-RED ended before it had started.');
  });
  const [report] = (await within(Promise.race([reported, failed]), 'Node-RED to start', START_DEADLINE_MILLIS)) as [
    NodeRedReport,
  ];
  return new SecuredNodeRed(report.port);
}
