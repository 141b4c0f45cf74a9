/** What a case of the benchmark gets and gives. */

export interface Settings {
  /** How often each figure is measured. */
  readonly rounds: number;
  /** For how long the load runs each time. */
  readonly sliceMillis: number;
  /** Fewer rounds and sizes: shows that everything runs, not how fast. */
  readonly quick: boolean;
  /** Says what is going on. */
  readonly progress: (text: string) => void;
}

/** One figure, as the table shows it. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly core?: number;
  readonly pool?: number;
  readonly bare?: number;
  /** What this package is to reach, in words, and whether it does. */
  readonly target?: string;
  readonly reached?: boolean;
}

export interface CaseResult {
  readonly rows: readonly Row[];
  /** Every single measurement, for the JSON. */
  readonly raw: unknown;
}

export interface BenchCase {
  readonly letter: string;
  readonly title: string;
  run(settings: Settings): Promise<CaseResult>;
}
