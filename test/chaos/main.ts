/** `npm run chaos -- [--seed N] [--faults N] [--lane a,b]`: random faults, and what became of every promise. */
import { parseArgs } from 'node:util';
import { type ChaosReport, runChaos } from './chaos';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, faults: { type: 'string', default: '500' }, lane: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const faults = Number(values.faults);
  if (!Number.isInteger(seed) || !Number.isInteger(faults) || faults < 0) {
    console.error('Usage: npm run chaos -- [--seed N] [--faults N] [--lane a,b]');
    return 2;
  }
  console.log(`seed ${seed}, ${faults} faults (replay: npm run chaos -- --seed ${seed} --faults ${faults})`);
  const report = await runChaos({ seed, faults, lanes: values.lane?.split(','), say: (line) => console.error(line) });
  print(report);
  return report.broken.length === 0 ? 0 : 1;
}

function print({ seed, lanes, before, after, broken }: ChaosReport): void {
  console.table(
    Object.fromEntries(
      lanes.map(({ lane, sent, promised, received, doubled, lost, failed }) => [
        lane,
        { sent, promised, received, lost: lost.length, doubled, failed: JSON.stringify(failed) },
      ]),
    ),
  );
  const heap = ({ heapBytes }: { heapBytes: number }) => `${Math.round(heapBytes / 1e5) / 10} MB`;
  console.log(
    `connections left: ${after.connections}; leases left: ${after.leases}; heap ${heap(before)} -> ${heap(after)}`,
  );
  for (const text of broken) console.log(`BROKEN ${text}`);
  console.log(`${broken.length} promises broken (seed ${seed})`);
}

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
