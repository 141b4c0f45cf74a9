/** Seeded random choices, so that a failure can be replayed. */

export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** The next number in [0, 1), by mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `minimum` to `maximum`, both included. */
  int(minimum: number, maximum: number): number {
    return minimum + Math.floor(this.next() * (maximum - minimum + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.int(0, choices.length - 1)];
    if (choice === undefined) throw new Error('nothing to pick from');
    return choice;
  }
}

/** Runs `scenario` with a random of this seed; a failure names the seed and how to replay it. */
export async function withSeed<T>(seed: number, scenario: (random: Random) => Promise<T>): Promise<T> {
  try {
    return await scenario(new Random(seed));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${seed} failed (replay with SEED=${seed}): ${message}`, { cause: error });
  }
}

/** The seeds to run: `count` from `first` on, or the one in the environment variable `SEED`. */
export function seeds(count: number, first = 1): number[] {
  const replay = process.env.SEED;
  if (replay !== undefined && replay !== '') return [Number(replay)];
  return Array.from({ length: count }, (_unused, index) => first + index);
}
