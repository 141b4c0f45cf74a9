import assert from 'node:assert/strict';
import type { RedisReader } from '../../../src/drivers/redis/reading';
import { type Random, seeds, withSeed } from '../../support/random';
import { type RedisServer, startRedis } from '../../support/redis-server';
import { redisPool, standalone } from '../../support/redis-subscriber';
import { addNumbers, allAcknowledged, group, range, StreamConsumer } from '../../support/stream-consumer';
import { useTeardown } from '../../support/teardown';
import { staysFalse, waitFor } from '../../support/waiting';

const STEPS = 40;

interface Worker {
  readonly consumer: StreamConsumer;
  readonly reader: RedisReader;
}

describe('consumers that come, go, fail and lose their connections at random', function () {
  this.timeout(60_000);
  const teardown = useTeardown();

  for (const seed of seeds(5)) {
    it(`handle every entry, and a plain reader beside them gets each once and in order (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        const server = teardown.stopLater(await startRedis());
        const scenario = new Scenario(random, server, redisPool(teardown));
        await scenario.run();
      }));
  }
});

class Scenario {
  readonly #random: Random;
  readonly #server: RedisServer;
  readonly #pool: ReturnType<typeof redisPool>;
  readonly #plain: StreamConsumer;
  readonly #workers = new Map<string, Worker>();
  readonly #done = new Set<number>();
  #added = 0;

  constructor(random: Random, server: RedisServer, pool: ReturnType<typeof redisPool>) {
    this.#random = random;
    this.#server = server;
    this.#pool = pool;
    this.#plain = new StreamConsumer(pool, standalone(server.port));
  }

  async run(): Promise<void> {
    const client = await this.#server.client();
    await this.#plain.reading({ kind: 'stream', key: 'orders', position: '$', count: this.#random.int(1, 20) });
    for (let step = 0; step < STEPS; step += 1) {
      const chance = this.#random.next();
      if (chance < 0.4) await addNumbers(client, 'orders', this.#added + 1, this.#grow());
      else if (chance < 0.6) await this.#come();
      else if (chance < 0.75) await this.#go();
      else if (chance < 0.9) await this.#breakOne();
      else await staysFalse(() => false, 'nothing', this.#random.int(1, 30));
    }
    await addNumbers(client, 'orders', this.#added + 1, this.#grow());
    await this.#come('last');
    await waitFor(
      () => this.#done.size === this.#added,
      () => `${this.#added} entries; ${this.#done.size} done`,
      20_000,
    );
    await allAcknowledged(client, 20_000);
    await this.#plain.got(this.#added);
    assert.deepEqual(this.#plain.numbers, range(1, this.#added));
  }

  #grow(): number {
    this.#added += this.#random.int(1, 60);
    return this.#added;
  }

  async #come(name = `worker ${this.#random.int(1, 4)}`): Promise<void> {
    if (this.#workers.has(name)) return;
    const consumer = new StreamConsumer(this.#pool, standalone(this.#server.port));
    const failing = name === 'last' ? 0 : this.#random.next() * 0.3;
    consumer.decide = (item) => {
      if (this.#random.chance(failing)) return this.#random.pick(['failed', 'keep']);
      void item.settle?.('done').then(
        () => this.#done.add(consumer.numbers[consumer.items.indexOf(item)] ?? 0),
        () => {},
      );
      return 'done';
    };
    const count = this.#random.int(1, 30);
    const request = group({ consumer: name, position: '0', count, maxUnacknowledged: 200, claimIdleMillis: 400 });
    const reader = consumer.read(request);
    this.#workers.set(name, { consumer, reader });
    if (this.#random.chance(0.5)) await waitFor(() => reader.state.kind === 'active', 'the worker to read');
  }

  async #go(): Promise<void> {
    const [name, worker] = this.#random.pick([...this.#workers, [undefined, undefined] as const]);
    if (name === undefined) return;
    this.#workers.delete(name);
    await worker.reader.close();
    await worker.consumer.lease.release({ linger: this.#random.chance(0.5) });
  }

  async #breakOne(): Promise<void> {
    const clients = await this.#server.clients();
    if (clients.length === 0) return;
    const killer = await this.#server.client();
    const { id = '' } = this.#random.pick(clients);
    await killer.call('CLIENT', 'KILL', 'ID', id);
    killer.disconnect();
  }
}
