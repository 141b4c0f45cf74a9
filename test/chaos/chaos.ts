/**
 * One run of the chaos suite: servers, proxies and Node-RED are started, faults happen one after the other while
 * messages go along all lanes, then everything heals, and what was promised has to have arrived. Replayed by its seed.
 */
import type { FlowNode } from '../../bench/processes/embedded-node-red';
import { FaultProxy } from '../support/fault-proxy';
import { startMosquitto } from '../support/mosquitto';
import { Random } from '../support/random';
import { startRedis } from '../support/redis-server';
import { Teardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { pause, randomFault } from './faults';
import { type Lane, LANES, type Ports, profiles } from './lanes';
import { type LaneFigures, Ledger } from './ledger';
import type { Leftovers } from './node-red-child';
import { NodeRedUnderFire } from './node-red-under-fire';
import { Outside } from './outside';
import { LaneFeeder } from './lane-feeder';

export interface ChaosOptions {
  readonly seed: number;
  /** How many faults, one after the other. */
  readonly faults: number;
  /** Names of the lanes; all if undefined. */
  readonly lanes?: readonly string[] | undefined;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly faults: number;
  readonly lanes: readonly LaneFigures[];
  readonly before: Leftovers;
  readonly after: Leftovers;
  /** Everything that was promised and not kept; none if all is well. */
  readonly broken: readonly string[];
}

const SETTLE_MILLIS = 90_000;
/** What a process may hold more than at its start: caches of code and strings. */
const HEAP_SLACK_BYTES = 24 * 1024 * 1024;
const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Chaos' };

export async function runChaos({
  seed,
  faults,
  lanes: names,
  say = () => undefined,
}: ChaosOptions): Promise<ChaosReport> {
  const random = new Random(seed);
  const lanes = LANES.filter(({ name }) => names?.includes(name) ?? true);
  const teardown = new Teardown();
  try {
    const run = await ChaosRun.start(lanes, teardown);
    for (let number = 1; number <= faults; number += 1) {
      const fault = randomFault(random);
      say(`${number}/${faults} ${fault.title}`);
      await fault.run(run);
      await pause(random.int(20, 300));
    }
    say('healing');
    return { seed, faults, ...(await run.finish()) };
  } finally {
    await teardown.run();
  }
}

class ChaosRun {
  readonly proxies;
  readonly redis;
  readonly #ports: Ports;
  readonly #lanes: readonly Lane[];
  readonly #ledgers: ReadonlyMap<string, Ledger>;
  readonly #feeders: readonly LaneFeeder[];
  readonly #nodeRed: NodeRedUnderFire;
  readonly #outside: Outside;
  #before!: Leftovers;
  #deployments = 0;

  private constructor(parts: {
    readonly lanes: readonly Lane[];
    readonly ports: Ports;
    readonly proxies: Readonly<Record<'mqtt' | 'redis', FaultProxy>>;
    readonly redis: Awaited<ReturnType<typeof startRedis>>;
    readonly outside: Outside;
  }) {
    this.proxies = parts.proxies;
    this.redis = parts.redis;
    this.#ports = parts.ports;
    this.#outside = parts.outside;
    this.#lanes = parts.lanes;
    this.#ledgers = new Map(parts.lanes.map(({ name, promise }) => [name, new Ledger(name, promise)]));
    this.#feeders = parts.lanes
      .filter(({ send }) => send)
      .map((lane) => new LaneFeeder(lane, this.#ledger(lane.name), parts.outside));
    this.#nodeRed = new NodeRedUnderFire(({ lane, what, id, code = '' }) => {
      const ledger = this.#ledger(lane);
      if (what === 'sent') ledger.sent();
      else if (what === 'done') ledger.promised(id);
      else if (what === 'failed') ledger.failed(code);
      else ledger.received(id);
    });
  }

  static async start(lanes: readonly Lane[], teardown: Teardown): Promise<ChaosRun> {
    const broker = teardown.stopLater(await startMosquitto({ log: 'little' }));
    const redis = teardown.stopLater(await startRedis());
    const proxies = {
      mqtt: teardown.stopLater(await FaultProxy.start(broker.port)),
      redis: teardown.stopLater(await FaultProxy.start(redis.port)),
    };
    const outside = teardown.closeLater(await Outside.connect(broker, redis));
    const ports = {
      mqtt: proxies.mqtt.port,
      mqttDirect: broker.port,
      redis: proxies.redis.port,
      redisDirect: redis.port,
    };
    const run = new ChaosRun({ lanes, ports, proxies, redis, outside });
    for (const lane of lanes) await lane.observe?.(outside, (id) => run.#ledger(lane.name).received(id));
    teardown.defer(() => run.#nodeRed.stop());
    for (const feeder of run.#feeders) teardown.defer(() => feeder.stop());
    await run.#nodeRed.start();
    run.#before = await run.#nodeRed.leftovers();
    await run.deploy('full');
    await Promise.all(run.#feeders.map((feeder) => feeder.start()));
    return run;
  }

  readonly deploy = async (type: 'full' | 'flows' | 'nodes'): Promise<void> => {
    this.#deployments += 1;
    const name = `deployment ${this.#deployments}`;
    const nodes = this.#lanes.flatMap((lane) => lane.nodes);
    // Something must differ, or nothing is started anew; of `nodes`, that is every third one.
    const changed = nodes.map((node, index) =>
      type !== 'nodes' || index % 3 === this.#deployments % 3 ? { ...node, name } : node,
    );
    await this.#nodeRed.deploy([TAB, ...profiles(this.#ports), ...changed], type);
  };

  readonly kill = async (): Promise<void> => {
    const quiet = this.#feeders.filter(({ lane }) => lane.quietAtKill);
    await Promise.all(quiet.map((feeder) => feeder.quiet()));
    await this.#nodeRed.kill();
    await this.#nodeRed.start();
    this.#before = await this.#nodeRed.leftovers();
    await this.deploy('full');
    await Promise.all(quiet.map((feeder) => feeder.start()));
  };

  async finish(): Promise<Omit<ChaosReport, 'seed' | 'faults'>> {
    for (const proxy of Object.values(this.proxies)) proxy.heal();
    for (const feeder of this.#feeders) await feeder.stop();
    await this.#nodeRed.feed(false);
    const ledgers = [...this.#ledgers.values()];
    await this.#settled(ledgers);
    await this.#nodeRed.deploy([TAB]);
    const after = await this.#emptied();
    const lanes = ledgers.map((ledger) => ledger.figures());
    const broken = lanes.flatMap(({ lane, broken: promises }) => promises.map((text) => `${lane}: ${text}`));
    const subscribed = await this.#outside.subscriptions();
    return { lanes, before: this.#before, after, broken: [...broken, ...this.#leaks(after), ...subscribed] };
  }

  /** Until everything promised is there, or nothing more comes: what is missing then is in the figures. */
  async #settled(ledgers: readonly Ledger[]): Promise<void> {
    try {
      await waitFor(() => ledgers.every(({ owed }) => owed === 0), 'what was promised', SETTLE_MILLIS);
      // What comes twice comes late.
      await pause(1000);
    } catch {
      return;
    }
  }

  /** Connections linger for a while when their nodes have gone, and take a moment to close. */
  async #emptied(): Promise<Leftovers> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const after = await this.#nodeRed.leftovers();
      const isEmpty =
        after.connections === 0 &&
        after.files <= this.#before.files &&
        surplus(after.resources, this.#before.resources).length === 0;
      if (isEmpty || Date.now() > deadline) return after;
      await pause(100);
    }
  }

  #leaks(after: Leftovers): string[] {
    const leaks: string[] = [];
    if (after.connections > 0) leaks.push(`${after.connections} connections left when all nodes had gone`);
    if (after.leases > 0) leaks.push(`${after.leases} leases left when all nodes had gone`);
    const extra = surplus(after.resources, this.#before.resources);
    if (extra.length > 0) leaks.push(`left when all nodes had gone: ${extra.join(', ')}`);
    const { files, listeners } = this.#before;
    if (after.files > files) leaks.push(`${after.files - files} files or sockets open that were not at its start`);
    if (after.listeners > listeners) leaks.push(`${after.listeners - listeners} listeners of the process left`);
    const more = after.heapBytes - this.#before.heapBytes;
    if (more > HEAP_SLACK_BYTES) leaks.push(`${Math.round(more / 1e6)} MB of memory more than at its start`);
    return leaks;
  }

  #ledger(lane: string): Ledger {
    const ledger = this.#ledgers.get(lane);
    if (!ledger) throw new Error(`There is no lane ${lane}.`);
    return ledger;
  }
}

/** What the one list has more often than the other. */
function surplus(now: readonly string[], before: readonly string[]): string[] {
  const left = [...before];
  return now.filter((name) => {
    const index = left.indexOf(name);
    if (index < 0) return true;
    left.splice(index, 1);
    return false;
  });
}
