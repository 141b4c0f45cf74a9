/** (q) Full deploys under load: what a source loses and doubles, how long it is silent, and how often it connects anew. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '../../test/support/fault-proxy';
import { PrivateClient } from '../../test/support/private-client';
import type { ArrivalFigures } from '../arrivals';
import type { BenchCase, Row } from '../bench';
import { Flow, type Package } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';
import { RedisFlow, type RedisPackage } from '../redis/flow';
import { installPeer } from '../redis/peer';
import { type Resources, type Subject, withResources } from '../resources';
import { median } from '../statistics';

const DEPLOYS = 20;
const PER_SECOND = 1000;
const PAUSE_MILLIS = 150;
/** What a deploy holds up has arrived by then. */
const AFTER_MILLIS = 50;
/** Half of the round trip. */
const ONE_WAY_MILLIS = 25;
const SETTLE_MILLIS = 1500;
const SILENCE_TARGET_MILLIS = 15;

interface Outcome extends ArrivalFigures {
  readonly sent: number;
  /** Connections made after the first. */
  readonly reconnects: number;
  /** The longest silence around each deploy. */
  readonly deploySilences: readonly number[];
  /** The longest silence between each two deploys: what the machine does by itself. */
  readonly quietSilences: readonly number[];
}

export const deploys: BenchCase = {
  letter: 'q',
  protocol: 'delivery',
  title: `${DEPLOYS} full deploys at ${PER_SECOND} messages a second`,
  run: async ({ progress, quick }) => {
    const peer = await installPeer(progress);
    const count = quick ? 4 : DEPLOYS;
    const rows: Row[] = [];
    const raw: Record<string, unknown> = {};
    for (const oneWayMillis of [0, ONE_WAY_MILLIS]) {
      const where = oneWayMillis > 0 ? `, ${2 * oneWayMillis} ms round trip` : '';
      progress(`MQTT${where}`);
      const core = await overMqtt('core', oneWayMillis, count);
      const pool = await overMqtt('pool', oneWayMillis, count);
      raw[`mqtt${where}`] = { core, pool };
      rows.push(...rowsOf(`MQTT, QoS 0${where}`, 'core', core, pool, oneWayMillis === 0));
    }
    for (const mode of ['subscribe', 'list'] as const) {
      progress(`Redis, ${mode}`);
      const ofPeer = await overRedis('peer', mode, count, [peer]);
      const ofPool = await overRedis('pool', mode, count);
      raw[mode] = { peer: ofPeer, pool: ofPool };
      rows.push(...rowsOf(`Redis, ${mode}`, 'peer', ofPeer, ofPool, true));
    }
    return { rows, raw };
  },
};

function rowsOf(what: string, of: 'core' | 'peer', theirs: Outcome, ours: Outcome, isLocal: boolean): Row[] {
  const row = (figure: string, unit: string, count: (outcome: Outcome) => number): Row => ({
    what: `${what}: ${figure}`,
    unit,
    [of]: count(theirs),
    pool: count(ours),
    target: '0',
    reached: count(ours) === 0,
  });
  const silence = (figure: string, millis: (outcome: Outcome) => number, target?: number): Row => ({
    what: `${what}: ${figure}`,
    unit: 'ms',
    [of]: Math.round(millis(theirs) * 10) / 10,
    pool: Math.round(millis(ours) * 10) / 10,
    ...(target === undefined
      ? { target: 'printed beside' }
      : { target: `<= ${target}`, reached: millis(ours) <= target }),
  });
  const inDeploys = ({ deploySilences }: Outcome) => deploySilences;
  const without = ({ quietSilences }: Outcome) => quietSilences;
  return [
    row('lost', 'messages', ({ sent, different }) => sent - different),
    row('doubled', 'messages', ({ doubled }) => doubled),
    row('out of order', 'messages', ({ disordered }) => disordered),
    row('reconnects', '', ({ reconnects }) => reconnects),
    silence(
      'longest silence in a deploy, median',
      (outcome) => median(inDeploys(outcome)),
      isLocal ? SILENCE_TARGET_MILLIS : undefined,
    ),
    silence('the same without a deploy', (outcome) => median(without(outcome))),
    silence('longest silence in a deploy, worst', (outcome) => Math.max(...inDeploys(outcome))),
    silence('the same without a deploy', (outcome) => Math.max(...without(outcome))),
  ];
}

function overMqtt(which: Package, oneWayMillis: number, count: number): Promise<Outcome> {
  return withResources(async (resources) => {
    const broker = await resources.broker();
    const proxy = resources.teardown.stopLater(await FaultProxy.start(broker.port));
    proxy.delay(oneWayMillis);
    const subject = await resources.nodeRed(which);
    const flow = new Flow(which)
      .profile('profile', { port: proxy.port, version: 4 })
      .source('source', 'profile', 'numbers', 0, ['got']);
    const client = resources.teardown.closeLater(await PrivateClient.connect(broker.url));
    const send = (text: string) => void client.publish('numbers', text);
    return deployUnderLoad(subject, flow.nodes, send, count, () => Promise.resolve(proxy.accepted));
  });
}

function overRedis(
  which: RedisPackage,
  mode: 'subscribe' | 'list',
  count: number,
  packages: readonly string[] = [],
): Promise<Outcome> {
  return withResources(async (resources: Resources) => {
    const server = await resources.redis();
    const subject = await resources.nodeRed(which, { packages });
    const flow = new RedisFlow(which)
      .profile('profile', { port: server.port })
      .source('source', 'profile', mode, 'numbers', ['got']);
    const client = await server.client();
    const send = (text: string) => {
      void (mode === 'list' ? client.rpush('numbers', text) : client.publish('numbers', text));
    };
    const connections = async () => {
      const info = await client.info('stats');
      return Number(/total_connections_received:(\d+)/.exec(info)?.[1]);
    };
    return deployUnderLoad(subject, flow.nodes, send, count, connections);
  });
}

async function deployUnderLoad(
  subject: Subject,
  nodes: readonly FlowNode[],
  send: (text: string) => void,
  count: number,
  connections: () => Promise<number>,
): Promise<Outcome> {
  const flow = (round: number): FlowNode[] => [
    ...nodes,
    { id: 'got', type: 'bench-recorder', z: 'tab', x: 100, y: 100, name: `round ${round}`, wires: [] },
  ];
  await subject.call.deploy(flow(0));
  await sleep(SETTLE_MILLIS);
  await subject.call.takeRecorded();
  const before = await connections();
  const quietSilences: number[] = [];
  const deploySilences: number[] = [];
  let sent = 0;
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * PER_SECOND) / 1000;
    while (sent < due) send(String(sent++));
  }, 1);
  try {
    for (let round = 1; round <= count; round += 1) {
      await sleep(PAUSE_MILLIS);
      quietSilences.push(await subject.call.takeSilence());
      await subject.call.deploy(flow(round));
      await sleep(AFTER_MILLIS);
      deploySilences.push(await subject.call.takeSilence());
    }
    await sleep(PAUSE_MILLIS);
  } finally {
    clearInterval(timer);
  }
  await sleep(SETTLE_MILLIS);
  const reconnects = (await connections()) - before;
  return { ...(await subject.call.takeRecorded()), deploySilences, quietSilences, sent, reconnects };
}
