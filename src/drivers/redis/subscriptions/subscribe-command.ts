/** From names to commands: which go together into one SUBSCRIBE, and how each kind is sent through ioredis. */
import type { Cluster, Redis } from 'ioredis';
import type { SharedName, SubscriptionKind } from './shared-name';

export const KINDS: readonly SubscriptionKind[] = ['channel', 'pattern', 'sharded'];

/** Names of one command, so that a command stays far below the server's limit of a query. */
const MAX_NAMES = 1000;

/**
 * Splits names into batches, one command each: by kind, in their order. Sharded channels of a cluster go one by one
 * because those of different slots can't share a command; a name that was refused before goes alone.
 */
export function batches(names: readonly SharedName[], isCluster: boolean): SharedName[][] {
  const result: SharedName[][] = [];
  for (const kind of KINDS) {
    let batch: SharedName[] = [];
    for (const shared of names) {
      if (shared.kind !== kind) continue;
      if (shared.suspect || (isCluster && kind === 'sharded')) {
        result.push([shared]);
        continue;
      }
      if (batch.length === MAX_NAMES) batch = [];
      if (batch.length === 0) result.push(batch);
      batch.push(shared);
    }
  }
  return result;
}

const COMMANDS: Readonly<Record<SubscriptionKind, string>> = {
  channel: 'SUBSCRIBE',
  pattern: 'PSUBSCRIBE',
  sharded: 'SSUBSCRIBE',
};

/** The command for names of one kind, for messages. */
export function commandName([first]: readonly SharedName[]): string {
  return first ? COMMANDS[first.kind] : '';
}

/** Sends SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE for names of one kind; settles as the server answers. */
export function subscribe(client: Redis | Cluster, batch: readonly SharedName[]): Promise<unknown> {
  const names = batch.map(({ name }) => name);
  const kind = batch[0]?.kind;
  if (kind === 'channel') return client.subscribe(...names);
  return kind === 'pattern' ? client.psubscribe(...names) : client.ssubscribe(...names);
}

/** The opposite of `subscribe`. */
export function unsubscribe(client: Redis | Cluster, batch: readonly SharedName[]): Promise<unknown> {
  const names = batch.map(({ name }) => name);
  const kind = batch[0]?.kind;
  if (kind === 'channel') return client.unsubscribe(...names);
  return kind === 'pattern' ? client.punsubscribe(...names) : client.sunsubscribe(...names);
}
