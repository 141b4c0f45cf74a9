/** Hears what a client gets from its subscriptions: one listener per event, whatever the number of subscriptions. */
import type { Cluster, Redis } from 'ioredis';

/** Where messages go. Names as the server sends them. */
export interface Hearing {
  channel(channel: Buffer, payload: Buffer): void;
  pattern(pattern: string, channel: Buffer, payload: Buffer): void;
  sharded(channel: Buffer, payload: Buffer): void;
}

/** Begins to listen; the returned function ends it. */
export function listen(client: Redis | Cluster, hearing: Hearing): () => void {
  const onMessage = (channel: Buffer, payload: Buffer) => hearing.channel(channel, payload);
  const onPattern = (pattern: string, channel: Buffer, payload: Buffer) => hearing.pattern(pattern, channel, payload);
  const onSharded = (channel: Buffer, payload: Buffer) => hearing.sharded(channel, payload);
  client.on('messageBuffer', onMessage);
  client.on('pmessageBuffer', onPattern);
  client.on('smessageBuffer', onSharded);
  return () => {
    client.off('messageBuffer', onMessage);
    client.off('pmessageBuffer', onPattern);
    client.off('smessageBuffer', onSharded);
  };
}
