/** (a) Processor time per message from a source to a sink, beside the core nodes and the client library alone. */
import type { BenchCase, Row, Settings } from '../bench';
import { Flow } from '../flows';
import { type CpuSlice, measureCpu } from '../measure-cpu';
import type { ProtocolVersion, Qos } from '../processes/mqtt-bytes';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIDES = ['core', 'pool', 'bare'] as const;
type Side = (typeof SIDES)[number];

interface Variant {
  readonly name: string;
  readonly version: ProtocolVersion;
  readonly qos: Qos;
}

const VARIANTS: readonly Variant[] = [
  { name: 'QoS 0, MQTT 3.1.1', version: 4, qos: 0 },
  { name: 'QoS 1, MQTT 3.1.1', version: 4, qos: 1 },
  { name: 'QoS 0, MQTT 5', version: 5, qos: 0 },
  { name: 'QoS 1, MQTT 5', version: 5, qos: 1 },
];

const PAYLOAD_BYTES = 64;
const BURST = 1000;
/** A process keeps the luck it had with its compiler and memory: several of each are measured. */
const GENERATIONS = 3;

type Slices = Record<Side, CpuSlice[]>;

export const inToOut: BenchCase = {
  letter: 'a',
  title: 'processor time per message, in to out, 64 bytes',
  run: async (settings) => {
    const raw: Record<string, Slices> = {};
    const rows: Row[] = [];
    for (const variant of settings.quick ? VARIANTS.slice(0, 2) : VARIANTS) {
      const slices: Slices = { core: [], pool: [], bare: [] };
      const generations = settings.quick ? 1 : GENERATIONS;
      for (let generation = 0; generation < generations; generation += 1) {
        settings.progress(`${variant.name}, processes ${generation + 1} of ${generations}`);
        await measureGeneration(variant, settings, slices);
      }
      raw[variant.name] = slices;
      rows.push(...toRows(variant, slices));
    }
    return { rows, raw };
  },
};

async function measureGeneration(variant: Variant, settings: Settings, slices: Slices): Promise<void> {
  await withResources(async (resources) => {
    const broker = await resources.broker();
    const load = resources.load();
    const subjects: Record<Side, Subject> = {
      core: await startFlow('core', variant, broker.port, resources),
      pool: await startFlow('pool', variant, broker.port, resources),
      bare: await startBare(variant, broker.port, resources),
    };
    const loop = (side: Side, millis: number) =>
      measureCpu(subjects[side], load, {
        version: variant.version,
        qos: variant.qos,
        port: broker.port,
        topic: `${side}/in`,
        echoTopic: `${side}/out`,
        payloadBytes: PAYLOAD_BYTES,
        burst: BURST,
        millis,
      });
    for (const side of SIDES) await loop(side, settings.sliceMillis * 2);
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const side of inTurn(SIDES, round)) slices[side].push(await loop(side, settings.sliceMillis));
    }
  });
}

async function startFlow(
  side: 'core' | 'pool',
  { version, qos }: Variant,
  port: number,
  resources: Resources,
): Promise<Subject> {
  const subject = await resources.nodeRed(side);
  const flow = new Flow(side)
    .profile('profile', { port, version })
    .source('source', 'profile', `${side}/in`, qos, ['sink'])
    .sink('sink', 'profile', `${side}/out`, qos);
  await subject.call.deploy(flow.nodes);
  return subject;
}

async function startBare({ version, qos }: Variant, port: number, resources: Resources): Promise<Subject> {
  const subject = resources.subject('bare');
  await subject.call.echo({ port, version, qos, clientId: 'bare', topic: 'bare/in', echoTopic: 'bare/out' });
  return subject;
}

function toRows({ name }: Variant, slices: Slices): Row[] {
  const micros = (side: Side): number[] => slices[side].map((slice) => slice.microsPerMessage);
  const perBare = (side: Side): number => median(ratios(micros(side), micros('bare')));
  const perCore = median(ratios(micros('pool'), micros('core')));
  const rate = (side: Side): number => median(slices[side].map((slice) => slice.messagesPerSecond));
  const perBarePool = perBare('pool');
  return [
    {
      what: name,
      unit: 'µs',
      core: median(micros('core')),
      pool: median(micros('pool')),
      bare: median(micros('bare')),
    },
    {
      what: `${name}, against bare mqtt.js`,
      unit: 'x',
      core: perBare('core'),
      pool: perBarePool,
      bare: 1,
      target: '<= 1.05',
      reached: perBarePool <= 1.05,
    },
    { what: `${name}, against core`, unit: 'x', core: 1, pool: perCore, target: '< 1', reached: perCore < 1 },
    { what: `${name}, throughput`, unit: 'msg/s', core: rate('core'), pool: rate('pool'), bare: rate('bare') },
  ];
}
