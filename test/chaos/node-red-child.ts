/** Node-RED in a process of its own that is killed and started again on one user directory. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedNodeRed, type FlowNode } from '../../bench/processes/embedded-node-red';
import { getPool } from '../../src/runtime/process-pool';
import { feed } from './numbered-nodes';

/** What the parent asks for, one at a time; each is answered. */
export type Request =
  | { readonly ask: 'deploy'; readonly nodes: readonly FlowNode[]; readonly type: 'full' | 'flows' | 'nodes' }
  | { readonly ask: 'feed'; readonly wanted: boolean }
  | { readonly ask: 'leftovers' };

/** What a process without flows still has. */
export interface Leftovers {
  readonly connections: number;
  readonly leases: number;
  /** Types of what keeps the event loop busy, as `process.getActiveResourcesInfo` names them. */
  readonly resources: readonly string[];
  /** Open files and sockets; 0 where that can't be known. */
  readonly files: number;
  /** Listeners of the process. */
  readonly listeners: number;
  readonly heapBytes: number;
}

/** Where Linux lists the open files of a process. */
const FILES = '/proc/self/fd';

export type Answer = { readonly answer: unknown } | { readonly error: string };

const userDir = process.env['CHAOS_USER_DIR'] ?? '';
const nodeRed = new EmbeddedNodeRed();

async function serve(request: Request): Promise<unknown> {
  switch (request.ask) {
    case 'deploy':
      return nodeRed.deploy(request.nodes, request.type);
    case 'feed':
      return feed(request.wanted);
    case 'leftovers':
      return leftovers();
  }
}

async function leftovers(): Promise<Leftovers> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { connections } = getPool().snapshot();
  return {
    connections: connections.length,
    leases: connections.reduce((sum, { borrowers }) => sum + borrowers.length, 0),
    resources: process.getActiveResourcesInfo(),
    files: existsSync(FILES) ? readdirSync(FILES).length : 0,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    heapBytes: process.memoryUsage().heapUsed,
  };
}

async function main(): Promise<void> {
  const file = JSON.stringify(join(__dirname, 'numbered-nodes.js'));
  writeFileSync(join(userDir, 'nodes', 'chaos.js'), `module.exports = require(${file}).registerNumberedNodes;\n`);
  const types = ['chaos-feed', 'chaos-collect'].map((type) => `RED.nodes.registerType("${type}", {});`);
  writeFileSync(join(userDir, 'nodes', 'chaos.html'), `<script>${types.join('')}</script>\n`);
  await nodeRed.start([], userDir);
  process.on('message', (request: Request) => {
    serve(request).then(
      (answer) => process.send?.({ answer } satisfies Answer),
      (error: unknown) => process.send?.({ error: String(error) } satisfies Answer),
    );
  });
  process.send?.({ answer: 'started' } satisfies Answer);
}

process.once('disconnect', () => process.exit());
void main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
