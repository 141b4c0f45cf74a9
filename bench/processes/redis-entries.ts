/** Adds entries to streams at an even pace; each says when it was sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

export interface EntriesOptions {
  readonly port: number;
  /** Entries go to these in turn. */
  readonly keys: readonly string[];
  readonly entries: number;
  readonly perSecond: number;
}

/** Settles when the server has them all. */
export async function addEntries({ port, keys, entries, perSecond }: EntriesOptions): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port });
  try {
    await client.ping();
    const start = performance.now();
    const added: Promise<unknown>[] = [];
    for (let sent = 0; sent < entries; sent += 1) {
      while (sent > ((performance.now() - start) / 1000) * perSecond) await sleep(1);
      // A large step, so that one entry does not follow the other in the neighbouring stream.
      const key = keys[(sent * 7919) % keys.length] ?? '';
      added.push(client.xadd(key, '*', 'sentAt', String(process.hrtime.bigint())));
    }
    await Promise.all(added);
  } finally {
    client.disconnect();
  }
}
