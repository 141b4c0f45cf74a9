/**
 * (o) 200 nodes that send requests to one server at once: requests per second, what they cost, and sockets the server
 * sees. Bare undici is one pool of as many sockets and `request()` and `text()` for each, with status, headers and text as
 * the result, as a program without nodes would do it; its `dispatch()` with a handler of one's own is the least it can do.
 */
import type { BenchCase, Row, Settings } from '../bench';
import { TAB } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIDES = ['core', 'pool', 'sessions', 'request', 'dispatch'] as const;
type Side = (typeof SIDES)[number];
type Flow = 'core' | 'pool';

const NODES = 200;
const REQUESTS_PER_NODE = 10;
const SOCKETS = 16;
const GENERATIONS = 2;
/** The code of the nodes is longer than a loop around a client: it takes longer to be compiled. */
const WARM_UPS = 12;

interface Figures {
  readonly rates: Record<Side, number[]>;
  /** Processor time per request in microseconds. */
  readonly costs: Record<Side, number[]>;
  readonly sockets: Record<Side, number>;
}

export const httpRequests: BenchCase = {
  letter: 'o',
  title: `HTTP: ${NODES} nodes, ${REQUESTS_PER_NODE} GETs each at once, one server, keep-alive`,
  protocol: 'http',
  run: async (settings) => {
    const figures: Figures = {
      rates: ofEach(() => []),
      costs: ofEach(() => []),
      sockets: ofEach(() => 0),
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
    request: resources.subject('request'),
    dispatch: resources.subject('dispatch'),
  };
  const ids = Array.from({ length: NODES }, (_unused, index) => `request-${index}`);
  const total = NODES * REQUESTS_PER_NODE;
  const send = async (side: Side): Promise<{ readonly rate: number; readonly cost: number }> => {
    const { call } = subjects[side];
    const before = await call.cpu();
    const millis =
      side === 'core' || side === 'pool'
        ? await call.injectEach(ids, REQUESTS_PER_NODE)
        : await call.httpRequests({ form: side, port, requests: total, connections: SOCKETS, sessions: NODES });
    const cost = ((await call.cpu()) - before) / total;
    figures.sockets[side] = Math.max(figures.sockets[side], await server.call.takePeakSockets());
    return { rate: (total * 1000) / millis, cost };
  };
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) for (const side of SIDES) await sendAlone(side);
  for (let round = 0; round < rounds; round += 1) {
    for (const side of inTurn(SIDES, round)) {
      const { rate, cost } = await sendAlone(side);
      figures.rates[side].push(rate);
      figures.costs[side].push(cost);
    }
  }

  /** Idle sockets of the others are cut, so that the peak is that of this side. */
  async function sendAlone(side: Side): ReturnType<typeof send> {
    await server.call.cutIdleSockets();
    return send(side);
  }
}

function ofEach<T>(value: () => T): Record<Side, T> {
  return { core: value(), pool: value(), sessions: value(), request: value(), dispatch: value() };
}

async function startFlow(side: Flow, port: number, resources: Resources): Promise<Subject> {
  const subject = await resources.nodeRed(side);
  await subject.call.deploy(flow(side, port));
  return subject;
}

function flow(side: Flow, port: number): FlowNode[] {
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

function toRows({ rates, costs, sockets }: Figures): Row[] {
  const rate = (side: Side): number => median(rates[side]);
  const cost = (side: Side): number => median(costs[side]);
  const perBare = (side: Side): number => median(ratios(rates[side], rates.request));
  return [
    {
      what: `sockets at once (profile and bare: ${SOCKETS} allowed)`,
      unit: 'sockets',
      core: sockets.core,
      pool: sockets.pool,
      bare: sockets.request,
      target: `<= ${SOCKETS}`,
      reached: sockets.pool <= SOCKETS,
    },
    {
      what: 'requests',
      unit: '1/s',
      core: rate('core'),
      pool: rate('pool'),
      bare: rate('request'),
      target: 'above core',
      reached: rate('pool') > rate('core'),
    },
    {
      what: 'requests, against request() of bare undici',
      unit: 'x',
      core: perBare('core'),
      pool: perBare('pool'),
      bare: 1,
      target: '>= 0.9',
      reached: perBare('pool') >= 0.9,
    },
    { what: 'processor time per request', unit: 'µs', core: cost('core'), pool: cost('pool'), bare: cost('request') },
    {
      what: `requests of ${NODES} sessions of the pool, without Node-RED`,
      unit: '1/s',
      pool: rate('sessions'),
      bare: rate('request'),
    },
    {
      what: 'the same, against request() of bare undici',
      unit: 'x',
      pool: perBare('sessions'),
      bare: 1,
      target: '>= 0.9',
      reached: perBare('sessions') >= 0.9,
    },
    { what: 'processor time per request of a session', unit: 'µs', pool: cost('sessions'), bare: cost('request') },
    { what: 'requests by dispatch() of bare undici', unit: '1/s', bare: rate('dispatch') },
    { what: 'processor time of these', unit: 'µs', bare: cost('dispatch') },
  ];
}
