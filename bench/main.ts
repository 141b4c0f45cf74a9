/**
 * `npm run bench`: this package, the nodes there were before and the client libraries alone, measured in turns on one
 * machine.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BenchCase, CaseResult, Settings } from './bench';
import { deploys } from './cases/deploys';
import { edgexCodec } from './cases/edgex-codec';
import { equalProfiles } from './cases/equal-profiles';
import { fanOut } from './cases/fan-out';
import { halfOpen } from './cases/half-open';
import { httpRequests } from './cases/http-requests';
import { inToOut } from './cases/in-to-out';
import { killedOutbox } from './cases/killed-outbox';
import { loss } from './cases/loss';
import { manySources } from './cases/many-sources';
import { oneOfMany } from './cases/one-of-many';
import { orderAfterOutage, outageToDisk } from './cases/outages';
import { outbox } from './cases/outbox';
import { overlap } from './cases/overlap';
import { redisFaults } from './cases/redis-faults';
import { redisFlood } from './cases/redis-flood';
import { redisGroup } from './cases/redis-group';
import { redisListPop } from './cases/redis-list-pop';
import { redisSets } from './cases/redis-sets';
import { redisSockets } from './cases/redis-sockets';
import { redisStreams } from './cases/redis-streams';
import { rotatedPassword } from './cases/rotated-password';
import { type Options, readOptions, USAGE } from './options';
import { printCase } from './table';

const MQTT_CASES: readonly BenchCase[] = [inToOut, oneOfMany, equalProfiles, manySources, fanOut, overlap, loss];
const REDIS_CASES: readonly BenchCase[] = [
  redisSockets,
  redisFlood,
  redisListPop,
  redisGroup,
  redisSets,
  redisStreams,
  redisFaults,
];
const DELIVERY_CASES: readonly BenchCase[] = [
  deploys,
  outbox,
  outageToDisk,
  killedOutbox,
  halfOpen,
  orderAfterOutage,
  rotatedPassword,
];
const CASES = [...MQTT_CASES, ...REDIS_CASES, httpRequests, edgexCodec, ...DELIVERY_CASES];

async function main(): Promise<number> {
  let options: Options;
  let chosen: readonly BenchCase[];
  try {
    options = readOptions(process.argv.slice(2));
    chosen = choose(options.cases);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const settings: Omit<Settings, 'progress'> = {
    rounds: options.rounds ?? (options.quick ? 1 : 8),
    sliceMillis: options.quick ? 100 : 250,
    quick: options.quick,
  };
  const results: Record<string, CaseResult & { title: string }> = {};
  const failures: Record<string, string> = {};
  for (const benchCase of chosen) {
    const progress = (text: string): void => console.error(`(${benchCase.letter}) … ${text}`);
    try {
      const result = await benchCase.run({ ...settings, progress });
      results[benchCase.letter] = { title: benchCase.title, ...result };
      printCase(benchCase, result.rows);
    } catch (error) {
      failures[benchCase.letter] = error instanceof Error ? error.message : String(error);
      console.error(`(${benchCase.letter}) failed to run:`, error);
    }
  }
  const json = JSON.stringify({ machine: machine(), cases: results, failures });
  if (options.json !== undefined) writeFileSync(options.json, `${json}\n`);
  console.log(`\n${json}`);
  return Object.keys(failures).length === 0 ? 0 : 1;
}

function choose(letters: readonly string[] | undefined): readonly BenchCase[] {
  const unknown = letters?.find((letter) => !CASES.some((each) => each.letter === letter));
  if (unknown !== undefined) throw new Error(`--case ${unknown}: there is no such case`);
  return CASES.filter(({ letter }) => letters?.includes(letter) ?? true);
}

function machine(): object {
  const versions = {
    node: process.version,
    nodeRed: versionOf('node-red'),
    mqtt: versionOf('mqtt'),
    mqttOfCoreNodes: versionOf('mqtt', dirname(require.resolve('@node-red/nodes/package.json'))),
    ioredis: versionOf('ioredis'),
  };
  return { ...versions, platform: process.platform, cores: cpus().length, model: cpus()[0]?.model };
}

function versionOf(name: string, from: string = __dirname): string {
  const manifest = require(require.resolve(`${name}/package.json`, { paths: [from] })) as { version: string };
  return manifest.version;
}

/** All temporary files of the benchmark and of its children, gone with it even when it is interrupted. */
function useTemporaryDirectory(): void {
  const directory = mkdtempSync(join(tmpdir(), 'connection-pool-bench-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = directory;
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

useTemporaryDirectory();
void main().then((code) => process.exit(code));
