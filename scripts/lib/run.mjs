/** Running the project's tools as child processes, from the root of the repository. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Runs a command to its end and tells its exit code (128 when a signal ended it, 127 when it can't be started).
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions & { limitMillis?: number }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  const { limitMillis, ...spawnOptions } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...spawnOptions });
    const watchdog =
      limitMillis &&
      setTimeout(() => {
        console.error(`${command} did not end within ${limitMillis / 1000} s and is stopped.`);
        child.kill('SIGKILL');
      }, limitMillis);
    const end = (code) => {
      clearTimeout(watchdog);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      end(127);
    });
    child.on('exit', (code) => end(code ?? 128));
  });
}

/** Runs the JavaScript of a package in node_modules with this very Node.js; no shell and no PATH involved. */
export function runTool(script, args, options) {
  return run(process.execPath, [join(root, 'node_modules', script), ...args], options);
}

/** Something the person at the keyboard has to mend: printed as one line, without a stack. */
export class SetUpError extends Error {}

/** Runs a script's main function; a `SetUpError` becomes one plain line and exit code 1. */
export async function main(action) {
  try {
    process.exitCode = await action();
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
