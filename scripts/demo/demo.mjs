/** The demo from start to end: broker, Node-RED, measuring, and a clean way out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoBroker } from './broker.mjs';
import { startEditor } from './editor.mjs';
import { demoFlow, statusTopic } from './flow.mjs';
import { host } from './listen.mjs';
import { LiveLine } from './live-line.mjs';
import { Measurement } from './measure.mjs';

const editorPort = 1880;
const brokerPort = 1883;
const connectMillis = 30_000;
const drainMillis = 10_000;

/**
 * @param {{ seconds?: number, json: boolean }} options without `seconds` it runs until it is told to end
 * @returns {Promise<number>} the exit code
 */
export async function runDemo({ seconds, json }) {
  const say = json ? console.error : console.log;
  const stop = untilStopped();
  const broker = await DemoBroker.start(brokerPort, statusTopic);
  const switchboard = { running: false };
  const editor = await startEditor({ port: editorPort, globals: { demo: switchboard }, log: console.error });
  const measurement = new Measurement(editor.RED);
  await editor.RED.runtime.flows.setFlows({
    flows: { flows: demoFlow({ host, port: broker.port }) },
    deploymentType: 'full',
  });
  say(`Editor:  ${editor.address}\nBroker:  mqtt://${host}:${broker.port}\n`);

  let problem;
  if (!(await settled(() => isConnected(broker, measurement), connectMillis, stop)) && !stop.aborted) {
    problem = `${measurement.green} of ${measurement.nodes} flow nodes got connected within ${connectMillis / 1000} s.`;
  }
  if (!problem) {
    switchboard.running = true;
    const live = new LiveLine(say, broker, measurement);
    await sleep(seconds === undefined ? 2 ** 31 - 1 : seconds * 1000, undefined, { signal: stop }).catch(() => {});
    live.end();
    switchboard.running = false;
    await drained(broker, measurement);
  }
  const figures = {
    nodes: measurement.nodes,
    profiles: measurement.profiles,
    connections: broker.peak,
    sent: broker.sent,
    received: measurement.received,
    lost: measurement.lost,
  };

  await editor.stop();
  await settled(() => broker.connections === 0, 3_000);
  problem ??= afterwards(broker, measurement);
  await broker.stop();
  if (problem) console.error(problem);
  else say('Ended: every connection said good-bye, no will was published.');
  if (json) console.log(JSON.stringify(figures));
  return finish(problem ? 1 : 0);
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

/** All flow nodes say so, and the broker has seen the last of their subscriptions. */
function isConnected(broker, measurement) {
  return measurement.nodes > 0 && measurement.green >= measurement.nodes && Date.now() - broker.lastSubscribe > 300;
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
async function drained(broker, measurement) {
  let since = Date.now();
  let before;
  await settled(() => {
    const now = `${measurement.handed} ${broker.sent} ${measurement.received}`;
    if (now !== before) since = Date.now();
    before = now;
    return broker.sent === measurement.handed && measurement.lost === 0 && Date.now() - since > 300;
  }, drainMillis);
}

/** What went wrong, seen from the end. */
function afterwards(broker, measurement) {
  if (broker.connections > 0) return `${broker.connections} connections were still open after the flows had stopped.`;
  if (broker.wills > 0) return `${broker.wills} wills were published: a connection ended without saying good-bye.`;
  if (measurement.duplicates > 0) return `${measurement.duplicates} messages were shown twice.`;
  if (measurement.lost !== 0) return `${measurement.lost} messages were lost.`;
  return undefined;
}
