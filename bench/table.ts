/** Prints the figures of a case for people. */
import type { BenchCase, Cell, Row } from './bench';

const HEADS = {
  mqtt: ['', 'core nodes', 'this package', 'bare mqtt.js', 'target'],
  redis: ['', 'contrib-redis', 'this package', 'bare ioredis', 'target'],
  edgex: ['', '', 'this package', 'JSON alone', 'target'],
  delivery: ['', 'core or contrib', 'this package', '', 'target'],
  http: ['', 'core nodes', 'this package', 'bare undici', 'target'],
} as const;
const WHAT_WIDTH = 58;
const CELL_WIDTH = 17;

export function printCase({ letter, title, protocol = 'mqtt' }: BenchCase, rows: readonly Row[]): void {
  console.log(`\n(${letter}) ${title}`);
  console.log(line(HEADS[protocol]));
  for (const row of rows) {
    const { what, unit, core, peer, pool, bare } = row;
    console.log(
      line([unit === '' ? what : `${what} [${unit}]`, cell(core ?? peer), cell(pool), cell(bare), verdict(row)]),
    );
  }
}

function line([what = '', ...cells]: readonly string[]): string {
  const last = cells.length - 1;
  const aligned = cells.map((cell, index) => (index === last ? `  ${cell}` : cell.padStart(CELL_WIDTH)));
  return `  ${what.padEnd(WHAT_WIDTH)}${aligned.join('')}`.trimEnd();
}

function verdict({ target, reached }: Row): string {
  if (target === undefined) return '';
  return reached === undefined ? target : `${target} ${reached ? 'reached' : 'MISSED'}`;
}

/** Three significant digits, but never fewer than those before the point. */
function cell(value: Cell | undefined): string {
  if (value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value));
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
