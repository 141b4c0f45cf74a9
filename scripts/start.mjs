/**
 * `npm start`: an embedded broker, a redis-server if there is one, and Node-RED with a demo flow, on loopback, from a
 * fresh clone.
 * `npm start -- --seconds 5 --json` runs without a person and prints one JSON object as its last line.
 */
import { parseArgs } from 'node:util';
import { main, SetUpError } from './lib/run.mjs';
import { installDependencies, installServer } from './lib/set-up.mjs';
import { buildRuntime } from './lib/steps.mjs';

await main(async () => {
  const options = readOptions();
  // Standard output is for the result alone.
  await installDependencies({ output: 2 });
  if (!buildRuntime()) throw new SetUpError('The build failed; see above.');
  const { runDemo } = await import('./demo/demo.mjs');
  return runDemo({ ...options, redis: await redisServer() });
});

/** The program, or why there is none: then the demo shows MQTT alone. */
async function redisServer() {
  try {
    return { program: await installServer('redis', { errors: 'ignore', limitMillis: 60_000 }) };
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    return { missing: error.message };
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { seconds: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
    if (seconds !== undefined && !(seconds > 0 && seconds < 1e6))
      throw new Error(`--seconds ${values.seconds}: not a time`);
    return { seconds, json: values.json };
  } catch (error) {
    throw new SetUpError(`${error.message}\nUsage: npm start -- [--seconds N] [--json]`);
  }
}
