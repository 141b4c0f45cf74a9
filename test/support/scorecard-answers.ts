/**
 * Loaded before node-red-dev: what it would ask catalogue.nodered.org and the registry is answered from here, from lock
 * files, so that a test doesn't depend on them. What only they can tell counts as all right: whether names are unique
 * in the catalogue (P08, N01), and whether a dependency has a newer version (D03).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from './package-root';

type Packages = Readonly<
  Record<string, { readonly version?: string; readonly dev?: boolean; readonly engines?: object }>
>;

const require_ = createRequire(
  require.resolve('node-red-dev/package.json', { paths: [process.env['SCORECARD'] ?? ''] }),
);
const lockOf = (...path: string[]): Packages =>
  (JSON.parse(readFileSync(join(packageRoot, ...path, 'package-lock.json'), 'utf8')) as { packages: Packages })
    .packages;

const nodeRed = lockOf('scripts', 'matrix', 'node-red-5')['node_modules/node-red'];
const latest = nodeRed?.version ?? '';
const answers: Readonly<Record<string, unknown>> = {
  'https://catalogue.nodered.org/catalogue.json': { modules: [] },
  'https://registry.npmjs.org/node-red': { 'dist-tags': { latest }, versions: { [latest]: nodeRed } },
};

const axios = require_('axios') as { get(url: string): Promise<unknown> };
axios.get = (url) => {
  const data = answers[url];
  return data === undefined ? Promise.reject(new Error(`${url} is not foreseen`)) : Promise.resolve({ data });
};

const remote = require_('npm-remote-ls') as { ls: unknown };
remote.ls = (_name: string, _version: string, _flat: boolean, done: (list: readonly string[]) => void) => {
  const used = Object.entries(lockOf()).filter(([path, { dev }]) => path !== '' && dev !== true);
  done(used.map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`));
};

const check = require_.resolve('npm-check');
require_(check);
const cached = require_.cache[check];
if (cached) cached.exports = () => Promise.resolve({ get: () => [] });
