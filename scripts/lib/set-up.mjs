/** Brings a fresh clone to where the other scripts can work: dependencies, and the servers the tests use. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { root, run, SetUpError } from './run.mjs';

/**
 * Installs the dependencies of the lock file unless exactly these are installed.
 * @param {{ output?: number | 'inherit' }} [options] where the output of npm goes; a file descriptor, 2 for stderr
 */
export async function installDependencies({ output = 'inherit' } = {}) {
  checkNode();
  if (installedPackagesAre(root)) return;
  console.error('Installing the dependencies (npm ci) …');
  const stdio = ['ignore', output, 'inherit'];
  const code = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdio });
  if (code !== 0) throw new SetUpError(`npm ci failed with exit code ${code}; see above.`);
}

/** Runs npm, the very one that runs this script if it is one, and tells its exit code. */
export function npm(args, options) {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js') ? run(process.execPath, [script, ...args], options) : run('npm', args, options);
}

/**
 * What the scripts start that npm doesn't bring: the programs of which one is needed, Debian's packages and Homebrew's,
 * and the environment variable that names another program.
 */
const servers = {
  mosquitto: { programs: ['mosquitto'], debian: 'mosquitto', homebrew: 'mosquitto' },
  redis: { programs: ['redis-server'], debian: 'redis-server', homebrew: 'redis' },
  chromium: {
    programs: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      'google-chrome-stable',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    debian: 'chromium fonts-dejavu-core',
    homebrew: '--cask chromium',
    variable: 'CHROMIUM',
  },
};

/** Makes sure that servers can be started, installing what is missing from Debian's packages. */
export async function installServers(...names) {
  for (const name of names) await installServer(name);
}

/**
 * The path of a server's program, which is installed if need be and possible.
 * @param {keyof typeof servers} name
 * @param {{ errors?: 'inherit' | 'ignore', limitMillis?: number }} [options]
 * `errors`: where apt-get's go; `limitMillis`: for each of its two steps
 * @throws SetUpError saying how to install it
 */
export async function installServer(name, { errors = 'inherit', limitMillis } = {}) {
  const { programs, debian, homebrew, variable } = servers[name];
  const present = findServer(name);
  if (present) return present;
  const other = variable ? `, or name its program in the environment variable ${variable}` : '';
  const install = `${programs[0]} is missing: install it (Debian, Ubuntu: apt-get install ${debian}; macOS: brew install ${homebrew})${other}`;
  if (!find('apt-get')) throw new SetUpError(`${install}.`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    throw new SetUpError(`${install}; installing it from here needs root or a sudo without a password.`);
  }
  console.error(`Installing ${debian} (apt-get) …`);
  for (const args of [
    ['update'],
    ['-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', 'install', ...debian.split(' ')],
  ]) {
    const [command, ...rest] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    await run(command, rest, { stdio: ['ignore', 'ignore', errors], limitMillis });
  }
  const installed = findServer(name);
  if (!installed) throw new SetUpError(`${install}; apt-get could not.`);
  return installed;
}

/**
 * The path of a server's program, or undefined when it isn't installed.
 * @param {keyof typeof servers} name
 * @throws SetUpError when the environment variable for it names a file that doesn't exist
 */
export function findServer(name) {
  const { programs, variable } = servers[name];
  const named = variable && process.env[variable];
  if (named && !existsSync(named)) throw new SetUpError(`There is no file ${named}: correct ${variable}.`);
  return named || programs.map(find).find((file) => file !== undefined);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetUpError(`Node.js ${process.versions.node} is too old: install version 20.19 or later.`);
  }
}

/**
 * Does a folder have what its lock file says? Compares with what npm noted down of node_modules: by content, as a
 * checkout changes file times.
 */
export function installedPackagesAre(folder) {
  const installedFile = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages of other platforms are in the lock file and rightly not installed.
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** The path of a program; daemons live in /usr/sbin, which is on the PATH of root only. */
function find(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];
  return folders.map((folder) => resolve(folder, program)).find((file) => existsSync(file));
}
