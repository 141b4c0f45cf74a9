/** What the Redis nodes are measured against: the client library alone, used as one would without nodes. */
import { Redis } from 'ioredis';
import { getPool } from '../../src/index';
import type { RedisSession } from '../../src/drivers/redis/session';
import { count, noteDelay } from './counter-node';

export interface RedisEchoOptions {
  readonly port: number;
  /** One connection for both, which takes RESP3, or one to receive and one to publish. */
  readonly connections: 1 | 2;
  readonly channel: string;
  readonly echoChannel: string;
}

export interface GroupOptions {
  readonly port: number;
  readonly key: string;
  readonly group: string;
  /** Entries per read. */
  readonly entries: number;
  /** Wait for the answer to XACK before the next read. */
  readonly awaitAck: boolean;
}

export interface SetsOptions {
  readonly port: number;
  readonly how: 'session' | 'bare' | 'autopipelining';
  readonly messages: number;
  readonly payload: string;
}

/** Its counts are those of the id `counter`. */
export class BareRedis {
  readonly #clients = new Map<string, Redis>();
  #session: RedisSession | undefined;

  async echo({ port, connections, channel, echoChannel }: RedisEchoOptions): Promise<void> {
    const receiver = newClient(port);
    const publisher = connections === 1 ? receiver : newClient(port);
    receiver.on('messageBuffer', (_channel: Buffer, payload: Buffer) => void publisher.publish(echoChannel, payload));
    await receiver.subscribe(channel);
  }

  pop(port: number, key: string): void {
    const client = newClient(port);
    run(async () => {
      const reply = (await client.call('BLMPOP', '0', '1', key, 'LEFT', 'COUNT', '100')) as [string, string[]] | null;
      for (const _item of reply?.[1] ?? []) count('counter');
    });
  }

  consume({ port, key, group, entries, awaitAck }: GroupOptions): void {
    const client = newClient(port);
    run(async () => {
      const consumer = ['GROUP', group, 'bare'] as const;
      const reply = await client.xreadgroup(...consumer, 'COUNT', entries, 'BLOCK', 0, 'STREAMS', key, '>');
      const ids = (reply?.[0]?.[1] ?? []).map(([id]) => id);
      for (const _id of ids) count('counter');
      const acknowledged = client.xack(key, group, ...ids);
      if (awaitAck) await acknowledged;
    });
  }

  read(port: number, keys: readonly string[]): void {
    const client = newClient(port);
    const positions = new Map(keys.map((key) => [key, '0']));
    run(async () => {
      const streams = [...positions.keys(), ...positions.values()];
      for (const [key, entries] of (await client.xread('COUNT', 100, 'BLOCK', 0, 'STREAMS', ...streams)) ?? []) {
        for (const [id, [, sentAt = '0']] of entries) {
          positions.set(key, id);
          noteDelay(sentAt);
          count('counter');
        }
      }
    });
  }

  async sets({ port, how, messages, payload }: SetsOptions): Promise<void> {
    const set = how === 'session' ? await this.#sessionSet(port) : await this.#clientSet(port, how);
    await new Promise<void>((resolve, reject) => {
      let open = messages;
      const answered = (error: unknown) => {
        if (error) reject(error instanceof Error ? error : new Error('SET failed'));
        open -= 1;
        if (open === 0) resolve();
      };
      for (let index = 0; index < messages; index += 1) set(`key:${index}`, payload, answered);
    });
  }

  async #sessionSet(port: number) {
    if (!this.#session) {
      const profile = { endpoint: { kind: 'standalone', host: '127.0.0.1', port } };
      const queue = { maxCount: 100_000 };
      const lease = getPool().acquire('redis', profile, { id: 'bench', type: 'bench' }, { queue });
      this.#session = lease.session as RedisSession;
      await this.#session.run({ name: 'PING', args: [] });
    }
    const session = this.#session;
    return (key: string, value: string, answered: (error: unknown) => void): void =>
      session.send({ name: 'SET', args: [key, value] }, {}, answered);
  }

  async #clientSet(port: number, how: 'bare' | 'autopipelining') {
    const client = this.#clients.get(how) ?? newClient(port, how === 'autopipelining');
    this.#clients.set(how, client);
    await client.ping();
    return (key: string, value: string, answered: (error: unknown) => void): void => {
      client.set(key, value).then(() => answered(undefined), answered);
    };
  }
}

function newClient(port: number, enableAutoPipelining = false): Redis {
  return new Redis({ host: '127.0.0.1', port, enableAutoPipelining });
}

/** Repeats an action for as long as the process lives. */
function run(action: () => Promise<void>): void {
  void action().then(() => run(action));
}
