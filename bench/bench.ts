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

/** A figure, or a word where there is none. */
export type Cell = number | string;

/** One figure, as the table shows it. */
export interface Row {
  readonly what: string;
  /** Empty for words. */
  readonly unit: string;
  /** Of Node-RED's own nodes, in the MQTT and HTTP cases. */
  readonly core?: Cell;
  /** Of node-red-contrib-redis, in the Redis cases. */
  readonly peer?: Cell;
  readonly pool?: Cell;
  /** Of the client library alone; in the EdgeX case, of JSON. */
  readonly bare?: Cell;
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
  /** @default 'mqtt' */
  readonly protocol?: 'mqtt' | 'redis' | 'http' | 'edgex' | 'delivery';
  run(settings: Settings): Promise<CaseResult>;
}
