/**
 * A real Node-RED with its admin API behind permissions, in a process of its own: this package installed, the flow its
 * parent gives, a port of the system's choice. It ends when the parent goes.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from './package-root';
import { type NodeRedOrder, type NodeRedReport, TOKENS } from './secured-node-red';

interface NodeRed {
  init(server: unknown, settings: object): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly httpAdmin: unknown;
  readonly events: NodeJS.EventEmitter;
}

const NAME = '@edgepool/node-red-connection-pool';

process.once('message', (order: NodeRedOrder) => {
  run(order).then(report, (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

process.once('disconnect', () => process.exit());

function report(port: number): void {
  process.send?.({ port } satisfies NodeRedReport);
}

async function run({ flow, settings = {}, files = {} }: NodeRedOrder): Promise<number> {
  const userDir = makeUserDir(flow, files);
  process.on('exit', () => rmSync(userDir, { recursive: true, force: true }));
  const red = require('node-red') as NodeRed;
  const express = require('express') as () => NodeJS.EventEmitter & { use(path: string, handler: unknown): void };
  const app = express();
  const server = createServer(app as unknown as Parameters<typeof createServer>[1]);
  red.init(server, {
    userDir,
    flowFile: 'flows.json',
    lang: 'en-US',
    credentialSecret: false,
    httpAdminRoot: '/admin',
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
    adminAuth: {
      type: 'credentials',
      users: [],
      tokens: (token: string) => {
        const permissions = TOKENS[token];
        return Promise.resolve(permissions ? { username: token, permissions: [...permissions] } : null);
      },
    },
    logging: { test: { level: 'error', metrics: false, audit: false, handler: () => log } },
    ...settings,
  });
  app.use('/admin', red.httpAdmin);
  const started = new Promise((resolve) => red.events.once('flows:started', resolve));
  await red.start();
  await started;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** The package is "installed" as a link to its folder. */
function makeUserDir(flow: readonly object[], files: Readonly<Record<string, string>>): string {
  const userDir = mkdtempSync(join(tmpdir(), 'secured-node-red-'));
  const link = join(userDir, 'node_modules', NAME);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(packageRoot, link, 'junction');
  const manifest = { name: 'test', version: '1.0.0', private: true, dependencies: { [NAME]: '*' } };
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flow));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(userDir, path)), { recursive: true });
    writeFileSync(join(userDir, path), text);
  }
  return userDir;
}

function log({ level, msg }: { readonly level: number; readonly msg: unknown }): void {
  if (level <= 20) console.error(`[node-red] ${msg instanceof Error ? msg.message : String(msg)}`);
}
