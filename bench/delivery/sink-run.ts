/**
 * A sink of this package, or of the nodes there were before, that is fed numbers at a steady rate, over a path that can
 * fail; beyond it a server that asks for a password, and a client straight at the server that records what arrives.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startProxy, type TcpProxy } from '../../test/support/tcp-proxy';
import { waitFor } from '../../test/support/waiting';
import { type ArrivalFigures, Arrivals } from '../arrivals';
import type { Row } from '../bench';
import type { FlowNode } from '../processes/embedded-node-red';
import { installPeer } from '../redis/peer';
import { type Resources, type Subject, withResources } from '../resources';
import { type SinkServer, startSinkServer } from './sink-server';

/** What is sent, and how; `qos0` and `qos1` are MQTT. */
export type SinkKind = 'qos0' | 'qos1' | 'publish' | 'rpush';

export const NAMES: Readonly<Record<SinkKind, string>> = {
  qos0: 'MQTT QoS 0',
  qos1: 'MQTT QoS 1',
  publish: 'Redis PUBLISH',
  rpush: 'Redis RPUSH',
};

/** Whose nodes: those of Node-RED (MQTT) or of node-red-contrib-redis, or of this package. */
export type Side = 'theirs' | 'ours';

export interface SinkRunOptions {
  readonly kind: SinkKind;
  readonly side: Side;
  readonly perSecond: number;
  /** How many are sent in all. */
  readonly count: number;
  /** Fields of this package's sink. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface SinkOutcome extends ArrivalFigures {
  /** Told by an error, as Catch nodes get it, and not arrived. */
  readonly told: number;
  /** Neither arrived nor told. */
  readonly lost: number;
  /** Node-RED came to an end. */
  readonly exited: boolean;
}

export interface SinkRun {
  readonly subject: Subject;
  readonly proxy: TcpProxy;
  readonly server: SinkServer;
  readonly arrivals: Arrivals;
  /** Gives the profile this password; only what uses it is started anew. */
  readonly deploy: (password: string) => Promise<void>;
}

const FIRST_PASSWORD = 'first';
/** Longer than anybody waits for the next attempt. */
const QUIET_MILLIS = 15_000;
const START_MILLIS = 30_000;

/** Starts all of it, lets `action` do what it wants while numbers are sent, and waits for those that are to arrive. */
export function runSink(options: SinkRunOptions, action: (run: SinkRun) => Promise<void>): Promise<SinkOutcome> {
  return withResources(async (resources) => {
    const run = await start(resources, options);
    try {
      await action(run);
      await settled(run, options.count);
    } catch (error) {
      if (!run.subject.ended) throw error;
    }
    const exited = run.subject.ended;
    const { figures, numbers } = run.arrivals;
    const arrived = new Set(numbers);
    const caught = exited ? [] : await run.subject.call.recordedNumbers();
    const told = caught.filter((number) => !arrived.has(number)).length;
    return { ...figures, told, lost: options.count - figures.different - told, exited };
  });
}

async function start(resources: Resources, options: SinkRunOptions): Promise<SinkRun> {
  const { kind, side, perSecond, count, fields = {} } = options;
  const server = await startSinkServer(resources, kind, FIRST_PASSWORD);
  const proxy = resources.teardown.stopLater(await startProxy(server.port));
  const arrivals = new Arrivals();
  await server.observe((number) => arrivals.add(number));
  const isPeerNeeded = side === 'theirs' && (kind === 'publish' || kind === 'rpush');
  const packages = isPeerNeeded ? [await installPeer(() => undefined)] : [];
  const subject = await resources.nodeRed(`${side} ${NAMES[kind]}`, { packages, silent: true });
  const place = { z: 'tab', x: 100, y: 100 };
  const around: readonly FlowNode[] = [
    { id: 'feed', type: 'bench-feed', ...place, perSecond, count, wires: [['sink']] },
    { id: 'catch', type: 'catch', ...place, scope: null, uncaught: false, wires: [['told']] },
    { id: 'told', type: 'bench-recorder', ...place, wires: [] },
  ];
  const nodes = (password: string) => [...server.sinkNodes(side, proxy.port, password, fields), ...around];
  await subject.call.deploy(nodes(FIRST_PASSWORD));
  await waitFor(() => arrivals.lastAt > 0, `${NAMES[kind]} of ${side} to arrive`, START_MILLIS);
  return { subject, proxy, server, arrivals, deploy: (password) => subject.call.deploy(nodes(password), 'nodes') };
}

/** Everything has arrived, or nothing more comes. */
async function settled({ subject, arrivals }: SinkRun, count: number): Promise<void> {
  let quietSince = performance.now();
  const isOver = () => performance.now() - Math.max(arrivals.lastAt, quietSince) > QUIET_MILLIS;
  while (!subject.ended && (await subject.call.fed()) < count) {
    await sleep(100);
    quietSince = performance.now();
  }
  while (!subject.ended && arrivals.figures.different < count && !isOver()) await sleep(50);
}

/**
 * A row of how many something happened to, of a peer and of this package.
 *
 * @param isTarget whether it is to be none @default true
 */
export function countRow(
  what: string,
  unit: string,
  theirs: SinkOutcome,
  ours: SinkOutcome,
  count: (outcome: SinkOutcome) => number,
  isTarget = true,
): Row {
  const cell = (outcome: SinkOutcome) => (outcome.exited ? `exits, ${count(outcome)}` : count(outcome));
  const row = { what, unit, core: cell(theirs), pool: cell(ours) };
  if (!isTarget) return { ...row, target: 'printed beside' };
  return { ...row, target: '0', reached: !ours.exited && count(ours) === 0 };
}
