/** Node-RED inside this process, with the package of this repository and nothing of the user's own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../lib/run.mjs';
import { host, listen } from './listen.mjs';

const require = createRequire(import.meta.url);

/**
 * @param {{ port: number, globals: object, log: (text: string) => void }} options
 * `globals` is what Function nodes see through `global.get`
 */
export async function startEditor({ port: firstPort, globals, log }) {
  const userDir = makeUserDir();
  const remove = () => rmSync(userDir, { recursive: true, force: true });
  process.on('exit', remove);
  const RED = require('node-red');
  const server = createServer();
  const port = await listen(server, firstPort);
  // An empty user directory makes for warnings that say nothing to anyone.
  let started = false;
  RED.init(server, {
    userDir,
    flowFile: 'flows.json',
    credentialSecret: 'demo',
    uiHost: host,
    uiPort: port,
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    functionGlobalContext: globals,
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
    editorTheme: { tours: false, palette: { catalogues: [] } },
    logging: {
      demo: {
        level: 'warn',
        metrics: false,
        audit: false,
        handler: () => (entry) => (started || entry.level <= RED.log.ERROR) && log(describe(entry)),
      },
    },
  });
  server.on('request', (request, response) => RED.httpAdmin(request, response));
  await RED.start();
  started = true;
  checkNodes(RED);
  return {
    RED,
    address: `http://${host}:${port}/`,
    /** Stops the flows, then the editor, and removes the user directory. */
    stop: async () => {
      await RED.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      remove();
    },
  };
}

/** A user directory of its own, where the package is "installed" as a link to this repository. */
function makeUserDir() {
  const userDir = mkdtempSync(join(tmpdir(), 'node-red-connection-pool-'));
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const link = join(userDir, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(root, link, 'junction');
  const manifest = { name: 'demo', version: '1.0.0', private: true, dependencies: { [name]: version } };
  writeFileSync(join(userDir, 'package.json'), JSON.stringify(manifest));
  return userDir;
}

function checkNodes(RED) {
  const types = ['profile', 'source', 'sink'].flatMap((part) => [`pool-mqtt-${part}`, `pool-redis-${part}`]);
  for (const type of types) {
    if (RED.nodes.getType(type)) continue;
    const failed = RED.nodes.getNodeList((set) => set.err && set.module.includes('connection-pool'));
    const reasons = failed.map((set) => `${set.id}: ${set.err.message ?? set.err}`).join('\n');
    throw new Error(`Node-RED did not load ${type}.\n${reasons}`);
  }
}

function describe({ type, name, id, msg }) {
  const text = msg instanceof Error ? msg.message : typeof msg === 'string' ? msg : JSON.stringify(msg);
  return type ? `[${type}:${name || id}] ${text}` : text;
}
