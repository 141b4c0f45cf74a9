/** (o) 200 nodes that send requests to one server at once: requests per second, and sockets the server sees. */
import type { BenchCase, Row, Settings } from '../bench';
import { TAB } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIDES = ['core', 'pool', 'sessions', 'bare'] as const;
type Side = (typeof SIDES)[number];

const NODES = 200;
const REQUESTS_PER_NODE = 10;
const SOCKETS = 16;
const GENERATIONS = 2;
/** The code of the nodes is longer than a loop around a client: it takes longer to be compiled. */
const WARM_UPS = 12;

interface Figures {
  readonly rates: Record<Side, number[]>;
  readonly sockets: Record<Side, number>;
}

export const httpRequests: BenchCase = {
  letter: 'o',
  title: `HTTP: ${NODES} nodes, ${REQUESTS_PER_NODE} GETs each at once, one server, keep-alive`,
  protocol: 'http',
  run: async (settings) => {
    const figures: Figures = {
      rates: { core: [], pool: [], sessions: [], bare: [] },
      sockets: { core: 0, pool: 0, sessions: 0, bare: 0 },
    };
    const generations = settings.quick ? 1 : GENERATIONS;
    for (let generation = 0; generation < generations; generation += 1) {
      settings.progress(`processes ${generation + 1} of ${generations}`);
      await withResources((resources) => measureGeneration(resources, settings, figures));
    }
    return { rows: toRows(figures), raw: figures };
  },
};

async function measureGeneration(resources: Resources, { rounds }: Settings, figures: Figures): Promise<void> {
  const server = resources.httpServer();
  const port = await server.call.listen();
  const subjects: Record<Side, Subject> = {
    core: await startFlow('core', port, resources),
    pool: await startFlow('pool', port, resources),
    sessions: resources.subject('sessions'),
    bare: resources.subject('bare'),
  };
  const ids = Array.from({ length: NODES }, (_unused, index) => `request-${index}`);
  const total = NODES * REQUESTS_PER_NODE;
  const send = async (side: Side): Promise<number> => {
    const { call } = subjects[side];
    const millis =
      side === 'bare' || side === 'sessions'
        ? await call.httpRequests({
            port,
            requests: total,
            connections: SOCKETS,
            ...(side === 'sessions' && { sessions: NODES }),
          })
        : await call.injectEach(ids, REQUESTS_PER_NODE);
    figures.sockets[side] = Math.max(figures.sockets[side], await server.call.takePeakSockets());
    return (total * 1000) / millis;
  };
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) for (const side of SIDES) await sendAlone(side);
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(SIDES, round)) figures.rates[side].push(await sendAlone(side));
  }

  /** Idle sockets of the others are cut, so that the peak is that of this side. */
  async function sendAlone(side: Side): Promise<number> {
    await server.call.cutIdleSockets();
    return send(side);
  }
}

async function startFlow(side: 'core' | 'pool', port: number, resources: Resources): Promise<Subject> {
  const subject = await resources.nodeRed(side);
  await subject.call.deploy(flow(side, port));
  return subject;
}

function flow(side: 'core' | 'pool', port: number): FlowNode[] {
  const baseUrl = `http://127.0.0.1:${port}`;
  const common = { z: 'tab', x: 100, y: 100, method: 'GET', wires: [['counter']] };
  const core = { type: 'http request', url: `${baseUrl}/value`, ret: 'txt', persist: true };
  const pool = {
    type: 'pool-http-sink',
    profile: 'profile',
    path: '/value',
    pathType: 'str',
    returns: 'txt',
    outputs: 1,
  };
  const requests = Array.from({ length: NODES }, (_unused, index) => ({
    id: `request-${index}`,
    ...common,
    ...(side === 'core' ? core : pool),
  }));
  const profile = { id: 'profile', type: 'pool-http-profile', baseUrl, maxSockets: String(SOCKETS), autoConnect: true };
  const counter = { id: 'counter', type: 'bench-counter', z: 'tab', x: 300, y: 100, wires: [] };
  return [TAB, ...(side === 'pool' ? [profile] : []), counter, ...requests];
}

function toRows({ rates, sockets }: Figures): Row[] {
  const rate = (side: Side): number => median(rates[side]);
  const perBare = (side: Side): number => median(ratios(rates[side], rates.bare));
  return [
    {
      what: `sockets at once (profile and bare: ${SOCKETS} allowed)`,
      unit: 'sockets',
      core: sockets.core,
      pool: sockets.pool,
      bare: sockets.bare,
      target: `<= ${SOCKETS}`,
      reached: sockets.pool <= SOCKETS,
    },
    {
      what: 'requests',
      unit: '1/s',
      core: rate('core'),
      pool: rate('pool'),
      bare: rate('bare'),
      target: 'above core',
      reached: rate('pool') > rate('core'),
    },
    {
      what: 'requests, against bare undici',
      unit: 'x',
      core: perBare('core'),
      pool: perBare('pool'),
      bare: 1,
      target: '>= 0.9',
      reached: perBare('pool') >= 0.9,
    },
    {
      what: `requests of ${NODES} sessions of the pool, without Node-RED`,
      unit: '1/s',
      pool: rate('sessions'),
      bare: rate('bare'),
    },
    {
      what: 'the same, against bare undici',
      unit: 'x',
      pool: perBare('sessions'),
      bare: 1,
      target: '>= 0.9',
      reached: perBare('sessions') >= 0.9,
    },
  ];
}
