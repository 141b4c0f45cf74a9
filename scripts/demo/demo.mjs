/** The demo from start to end: servers, Node-RED, measuring, and a clean way out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoBroker } from './broker.mjs';
import { edgexFlow } from './edgex-flow.mjs';
import { startEditor } from './editor.mjs';
import { demoFlow, statusTopic } from './flow.mjs';
import { host } from './listen.mjs';
import { LiveLine } from './live-line.mjs';
import { DemoRedis } from './redis.mjs';
import { redisFlow } from './redis-flow.mjs';
import { DemoWorld } from './world.mjs';

const editorPort = 1880;
const brokerPort = 1883;
const connectMillis = 30_000;
const drainMillis = 10_000;

/**
 * @param {{ seconds?: number, json: boolean, redis: { program?: string, missing?: string } }} options
 * without `seconds` it runs until it is told to end; `redis` is the path of redis-server or why there is none
 * @returns {Promise<number>} the exit code
 */
export async function runDemo({ seconds, json, redis: wanted }) {
  const say = json ? console.error : console.log;
  const stop = untilStopped();
  const broker = await DemoBroker.start(brokerPort, statusTopic);
  const { redis, missing } = await startRedis(wanted);
  const switchboard = { running: false, next: counter() };
  const editor = await startEditor({ port: editorPort, globals: { demo: switchboard }, log: console.error });
  const world = new DemoWorld(editor.RED, broker, redis);
  const flows = [
    ...demoFlow({ host, port: broker.port }),
    ...(redis === undefined ? [] : redisFlow({ host, port: redis.port })),
    ...edgexFlow(redis !== undefined),
  ];
  await editor.RED.runtime.flows.setFlows({ flows: { flows }, deploymentType: 'full' });
  say(`Editor:  ${editor.address}\nBroker:  mqtt://${host}:${broker.port}`);
  say(`Redis:   ${redis === undefined ? `none, so MQTT alone. ${missing}` : `redis://${host}:${redis.port}`}\n`);

  let problem;
  if (!(await settled(() => world.isConnected, connectMillis, stop)) && !stop.aborted) {
    problem = `${world.green} of ${world.nodes} flow nodes got connected within ${connectMillis / 1000} s.`;
  }
  if (!problem) {
    switchboard.running = true;
    const live = new LiveLine(say, world);
    await sleep(seconds === undefined ? 2 ** 31 - 1 : seconds * 1000, undefined, { signal: stop }).catch(() => {});
    live.end();
    switchboard.running = false;
    await drained(world);
  }
  const figures = world.figures();

  await editor.stop();
  await settled(() => world.isDisconnected, 3_000);
  problem ??= world.problem();
  await world.stop();
  if (problem) console.error(problem);
  else say('Ended: every connection said good-bye, no will was published.');
  if (json) console.log(JSON.stringify(figures));
  return finish(problem ? 1 : 0);
}

/** Counts up by key, from 1. */
function counter() {
  const counts = new Map();
  return (key) => {
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    return n;
  };
}

/** Ends the process even if something inside Node-RED holds on to it. */
function finish(code) {
  process.exitCode = code;
  setTimeout(() => process.exit(), 500).unref();
  return code;
}

/**
 * A signal of the person's wish to end. A second Ctrl-C ends at once, unless it follows so closely that it is the same
 * one: npm passes on to its script what the terminal has sent to both.
 */
function untilStopped() {
  const controller = new AbortController();
  let since = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(name, () => {
      if (!controller.signal.aborted) since = Date.now();
      else if (Date.now() - since > 1000) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}

/** Waits until a condition holds, at most so long; tells whether it does. */
async function settled(condition, limitMillis, signal) {
  const end = Date.now() + limitMillis;
  while (!condition()) {
    if (Date.now() > end || signal?.aborted) return false;
    await sleep(20);
  }
  return true;
}

/** Waits until nothing is on its way any more: all is accounted for, and has been for a while, as flows send on. */
async function drained(world) {
  let since = Date.now();
  let before;
  await settled(() => {
    const now = world.progress;
    if (now !== before) since = Date.now();
    before = now;
    return world.isComplete && Date.now() - since > 300;
  }, drainMillis);
}

/** A redis-server, or the reason why there is none. */
async function startRedis({ program, missing }) {
  if (program === undefined) return { missing };
  try {
    return { redis: await DemoRedis.start(program) };
  } catch (error) {
    return { missing: `${error.message}.` };
  }
}
