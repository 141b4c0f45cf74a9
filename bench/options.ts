/** What can follow `npm run bench --`. */
import { parseArgs } from 'node:util';

export interface Options {
  /** Letters of the cases to run; all if undefined. */
  readonly cases: readonly string[] | undefined;
  readonly rounds: number | undefined;
  readonly quick: boolean;
  /** File that gets the JSON as well. */
  readonly json: string | undefined;
}

export const USAGE = 'Usage: npm run bench -- [--case a,b…] [--rounds N] [--quick] [--json FILE]';

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new Error(`--rounds ${values.rounds}: not a number of rounds`);
  }
  return { cases: values.case?.split(','), rounds, quick: values.quick, json: values.json };
}
