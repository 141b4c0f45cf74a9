/**
 * (p) Events of EdgeX decoded to typed values and encoded again, per second, in each form. Beside it what JSON alone takes for
 * the same bytes: `JSON.parse` or `JSON.stringify` and base64, without typed values, and with times rounded to 2^53.
 */
import { performance } from 'node:perf_hooks';
import type { BenchCase, Row } from '../bench';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';
import type { EdgexEvent, EdgexForm } from '../../src/edgex/types';
import { inTurn, median } from '../statistics';

const FORMS: readonly EdgexForm[] = ['v4', 'v3', 'cbor-payload', 'cbor'];
/** Forms that JSON alone can read and write. */
const OF_JSON: ReadonlySet<EdgexForm> = new Set(['v4', 'v3']);
const READINGS = 5;

interface Task {
  readonly name: string;
  readonly run: () => unknown;
}

export const edgexCodec: BenchCase = {
  letter: 'p',
  title: `EdgeX: events of ${READINGS} readings, decoded and encoded`,
  protocol: 'edgex',
  run: async (settings) => {
    const tasks = FORMS.flatMap(tasksOf);
    const rates = new Map<string, number[]>(tasks.map(({ name }) => [name, []]));
    for (const { run } of tasks) measure(run, settings.sliceMillis);
    for (let round = 0; round < settings.rounds; round += 1) {
      settings.progress(`round ${round + 1} of ${settings.rounds}`);
      for (const { name, run } of inTurn(tasks, round)) rates.get(name)?.push(measure(run, settings.sliceMillis));
    }
    return { rows: toRows((name) => rates.get(name)), raw: Object.fromEntries(rates) };
  },
};

function toRows(rates: (name: string) => readonly number[] | undefined): Row[] {
  return FORMS.flatMap((form) =>
    ['decode', 'encode'].map((what) => {
      const [pool, bare] = [rates(`${what} ${form}`), rates(`${what} ${form} json`)];
      const named = `${what === 'decode' ? 'decoded' : 'encoded'}, form ${form}`;
      return { what: named, unit: '1/s', pool: median(pool ?? []), ...(bare && { bare: median(bare) }) };
    }),
  );
}

function tasksOf(form: EdgexForm): Task[] {
  const event = exampleEvent();
  const bytes = encodeMessage(event, { form, correlationId: 'c' });
  const tasks: Task[] = [
    { name: `decode ${form}`, run: () => decodeMessage(bytes) },
    { name: `encode ${form}`, run: () => encodeMessage(event, { form, correlationId: 'c' }) },
  ];
  if (!OF_JSON.has(form)) return tasks;
  const plain = JSON.parse(bytes.toString()) as { payload: unknown };
  const isBase64 = form === 'v3';
  const payload: unknown = isBase64 ? fromBase64(String(plain.payload)) : plain.payload;
  return [
    ...tasks,
    {
      name: `decode ${form} json`,
      run: () => {
        const envelope = JSON.parse(bytes.toString()) as { payload: unknown };
        return isBase64 ? fromBase64(String(envelope.payload)) : envelope.payload;
      },
    },
    {
      name: `encode ${form} json`,
      run: () => {
        const wire = isBase64 ? Buffer.from(JSON.stringify(payload)).toString('base64') : payload;
        return Buffer.from(JSON.stringify({ ...plain, payload: wire }));
      },
    },
  ];
}

function fromBase64(text: string): unknown {
  return JSON.parse(Buffer.from(text, 'base64').toString());
}

function exampleEvent(): EdgexEvent {
  const names = { deviceName: 'pump-17', profileName: 'pumps', sourceName: 'all' };
  return encodeEvent({ litres: 1200, pressure: 3.5, on: true, state: 'running', samples: [1, 2, 3, 4] }, names);
}

/** Runs per second within one slice of time. */
function measure(run: () => unknown, millis: number): number {
  const start = performance.now();
  let count = 0;
  let now = start;
  while (now - start < millis) {
    for (let times = 0; times < 100; times += 1) run();
    count += 100;
    now = performance.now();
  }
  return (count * 1000) / (now - start);
}
