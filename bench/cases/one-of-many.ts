/** (b) Processor time per message when one of N source nodes matches it: it ought not to depend on N. */
import type { BenchCase, Row, Settings } from '../bench';
import { Flow, type Package } from '../flows';
import { type CpuSlice, measureCpu } from '../measure-cpu';
import { type Resources, type Subject, withResources } from '../resources';
import { inTurn, median, ratios } from '../statistics';

const SIZES = { core: [1, 50, 200, 500], pool: [1, 50, 200, 500, 5000] } as const;
const TARGETS: Readonly<Record<number, number>> = { 500: 1.2, 5000: 1.3 };
const GENERATIONS = 2;
const BURST = 500;
const VERSION = 4;

interface Series {
  readonly which: Package;
  readonly size: number;
  readonly slices: CpuSlice[];
}

interface Started {
  readonly series: Series;
  readonly subject: Subject;
}

export const oneOfMany: BenchCase = {
  letter: 'b',
  title: 'processor time per message when 1 of N sources matches, QoS 0, MQTT 3.1.1',
  run: async (settings) => {
    const series: Series[] = (['core', 'pool'] as const).flatMap((which) =>
      SIZES[which].map((size) => ({ which, size, slices: [] })),
    );
    const generations = settings.quick ? 1 : GENERATIONS;
    for (let generation = 0; generation < generations; generation += 1) {
      settings.progress(`processes ${generation + 1} of ${generations}`);
      await measureGeneration(series, settings);
    }
    return { rows: toRows(series), raw: series };
  },
};

async function measureGeneration(series: readonly Series[], settings: Settings): Promise<void> {
  await withResources(async (resources) => {
    const broker = await resources.broker();
    const load = resources.load();
    const started: Started[] = [];
    for (const each of series) started.push({ series: each, subject: await startFlow(each, broker.port, resources) });
    const measure = ({ series: { which, size }, subject }: Started, millis: number): Promise<CpuSlice> =>
      measureCpu(subject, load, {
        port: broker.port,
        version: VERSION,
        qos: 0,
        topic: `${which}/${size}/in/0`,
        echoTopic: `${which}/${size}/out`,
        payloadBytes: 64,
        burst: BURST,
        millis,
      });
    for (const each of started) await measure(each, settings.sliceMillis * 4);
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const each of inTurn(started, round)) each.series.slices.push(await measure(each, settings.sliceMillis));
    }
  });
}

async function startFlow({ which, size }: Series, port: number, resources: Resources): Promise<Subject> {
  const subject = await resources.nodeRed(`${which} with ${size}`);
  const flow = new Flow(which).profile('profile', { port, version: VERSION });
  for (let index = 0; index < size; index += 1) {
    flow.source(`source-${index}`, 'profile', `${which}/${size}/in/${index}`, 0, index === 0 ? ['sink'] : []);
  }
  flow.sink('sink', 'profile', `${which}/${size}/out`, 0);
  await subject.call.deploy(flow.nodes);
  return subject;
}

function toRows(series: readonly Series[]): Row[] {
  const micros = (which: Package, size: number): number[] =>
    series.find((each) => each.which === which && each.size === size)?.slices.map((slice) => slice.microsPerMessage) ??
    [];
  return SIZES.pool.flatMap((size) => {
    const core = micros('core', size);
    const pool = micros('pool', size);
    const ratio = median(ratios(pool, micros('pool', 1)));
    const target = TARGETS[size];
    return [
      {
        what: `1 of ${size}`,
        unit: 'µs',
        ...(core.length > 0 && { core: median(core) }),
        pool: median(pool),
      },
      {
        what: `1 of ${size}, against 1 of 1`,
        unit: 'x',
        ...(core.length > 0 && { core: median(ratios(core, micros('core', 1))) }),
        pool: ratio,
        ...(target !== undefined && { target: `<= ${target}`, reached: ratio <= target }),
      },
    ];
  });
}
