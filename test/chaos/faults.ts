/** Faults, picked at random: what happens, to which of the two servers' paths, and for how long. */
import type { FaultProxy } from '../support/fault-proxy';
import type { Random } from '../support/random';
import type { RedisServer } from '../support/redis-server';

export interface Targets {
  readonly proxies: Readonly<Record<'mqtt' | 'redis', FaultProxy>>;
  readonly redis: RedisServer;
  readonly deploy: (type: 'full' | 'flows' | 'nodes') => Promise<void>;
  readonly kill: () => Promise<void>;
}

export interface Fault {
  /** What it does, for the log. */
  readonly title: string;
  readonly run: (targets: Targets) => Promise<void>;
}

type Maker = (random: Random) => Fault;

const DIRECTIONS = ['toServer', 'toClient'] as const;

/** With how often each comes, relative to the others. */
const MAKERS: readonly (readonly [weight: number, maker: Maker])[] = [
  [10, onPath('cut', 0, (proxy) => proxy.cut())],
  [6, onPath('refuse', 600, (proxy) => proxy.refuse(true))],
  [5, onPath('freeze', 800, (proxy) => proxy.freeze(true))],
  [2, onPath('freeze for long', 4000, (proxy) => proxy.freeze(true))],
  [6, onPath('delay by 40 ms', 400, (proxy) => proxy.delay(40))],
  [5, onPath('throttle to 20 kB/s', 500, (proxy) => proxy.throttle(20_000))],
  [5, onPath('truncate', 50, (proxy, random) => proxy.truncateNext(random.pick(DIRECTIONS)))],
  [4, onPath('half-close', 200, (proxy, random) => proxy.halfClose(random.pick(DIRECTIONS)))],
  [8, deployment],
  [3, frozenServer],
  [2, killed],
];

export function randomFault(random: Random): Fault {
  const total = MAKERS.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [weight, maker] of MAKERS) {
    left -= weight;
    if (left < 0) return maker(random);
  }
  return deployment(random);
}

/** A fault of one path that heals after up to `millis`. */
function onPath(title: string, millis: number, begin: (proxy: FaultProxy, random: Random) => void): Maker {
  return (random) => {
    const which = random.pick(['mqtt', 'redis'] as const);
    const lasting = random.int(Math.floor(millis / 4), millis);
    return {
      title: `${title}, ${which}, ${lasting} ms`,
      run: async ({ proxies }) => {
        const proxy = proxies[which];
        begin(proxy, random);
        await pause(lasting);
        proxy.heal();
      },
    };
  };
}

function deployment(random: Random): Fault {
  const type = random.pick(['full', 'flows', 'nodes'] as const);
  return { title: `deploy, ${type}`, run: ({ deploy }) => deploy(type) };
}

function frozenServer(random: Random): Fault {
  const lasting = random.int(100, 1000);
  return {
    title: `redis-server stopped for ${lasting} ms`,
    run: async ({ redis }) => {
      redis.pause();
      await pause(lasting);
      redis.resume();
    },
  };
}

function killed(): Fault {
  return { title: 'Node-RED killed and started again', run: ({ kill }) => kill() };
}

export function pause(millis: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
