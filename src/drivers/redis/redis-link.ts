/**
 * One ioredis client from connecting to its end. Reconnecting, resubscribing, resending and the offline queue of ioredis
 * are off: the pool decides about the first, the parts of this driver about the others.
 */
import { once } from 'node:events';
import { type Cluster, Command, type Redis } from 'ioredis';
import type { PoolError } from '../../core/errors';
import { linkError } from './connect-error';
import { newClient } from './client-options';
import { serverError } from './server-error';
import type { RedisProfile } from './profile';
import type { RedisArgument, RedisReply, RedisServer, ReplyCallback } from './session';

const END_PATIENCE_MILLIS = 1000;

export class RedisLink {
  /** The client, for subscriptions; commands go through `send`. */
  readonly client: Redis | Cluster;
  readonly server: RedisServer;
  readonly #onLost: (error: PoolError) => void;
  #lastError: unknown;
  #ended = false;
  #corked = false;

  private constructor(client: Redis | Cluster, server: RedisServer, onLost: (error: PoolError) => void) {
    this.client = client;
    this.server = server;
    this.#onLost = onLost;
    client.on('error', (error: unknown) => {
      this.#lastError = error;
    });
    client.once('end', () => this.#lost());
  }

  /**
   * Connects. `lost` is called once when the established link is gone and `end` was not called.
   *
   * @throws PoolError why it can't be connected
   */
  static async connect(
    profile: RedisProfile,
    signal: AbortSignal,
    lost: (error: PoolError) => void,
  ): Promise<RedisLink> {
    const client = newClient(profile);
    let failure: unknown;
    const onError = (error: unknown) => {
      failure = error;
    };
    const onAbort = () => client.disconnect();
    client.on('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await client.connect();
      const server = await describeServer(client, profile);
      return new RedisLink(client, server, lost);
    } catch (thrown) {
      client.disconnect();
      throw linkError(failure ?? thrown, profile);
    } finally {
      signal.removeEventListener('abort', onAbort);
      // A client that failed may still tell an error: nobody listening would be an exception.
      setImmediate(() => client.off('error', onError));
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Sends a command at once. Calls back exactly once: with the reply in the shapes of RESP2, with the server's error
   * (see server-error.ts), or with `REDIS_CONNECTION_LOST`. All commands of one turn of the event loop are one write.
   */
  send(name: string, args: readonly RedisArgument[], buffers: boolean, callback: ReplyCallback): void {
    // An upper-case name keeps ioredis from reshaping arguments and replies.
    const command = new Command(name.toUpperCase(), args as (string | Buffer | number)[], {
      replyEncoding: buffers ? null : 'utf8',
    });
    this.#gatherWrites();
    this.client.sendCommand(command).then(
      (reply) => callback(undefined, reply as RedisReply),
      (thrown: unknown) => callback(this.#commandError(thrown)),
    );
  }

  /** The same as a promise, with buffers. */
  run(name: string, ...args: readonly RedisArgument[]): Promise<RedisReply> {
    return new Promise((resolve, reject) => {
      this.send(name, args, true, (error, reply = null) => (error ? reject(error) : resolve(reply)));
    });
  }

  /** Ends the link; what was sent is answered first, within a second. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const ended = once(this.client, 'end');
    this.client.disconnect();
    const late = setTimeout(() => this.destroy(), END_PATIENCE_MILLIS);
    await ended;
    clearTimeout(late);
  }

  /** Ends the link without waiting: for one that does not answer. Told of as lost unless `end` was called. */
  destroy(): void {
    const streams = isCluster(this.client) ? this.client.nodes().map(streamOf) : [streamOf(this.client)];
    this.client.disconnect();
    for (const stream of streams) stream?.destroy();
  }

  /** Nothing of this link keeps the process alive (true), or it does again. */
  unref(unreferenced: boolean): void {
    const streams = isCluster(this.client) ? this.client.nodes().map(streamOf) : [streamOf(this.client)];
    for (const stream of streams) {
      if (unreferenced) stream?.unref?.();
      else stream?.ref?.();
    }
  }

  #gatherWrites(): void {
    if (this.#corked || isCluster(this.client)) return;
    const stream = streamOf(this.client);
    if (!stream) return;
    this.#corked = true;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  #commandError(thrown: unknown): PoolError {
    return serverError(thrown) ?? linkError(this.#lastError ?? thrown, undefined);
  }

  #lost(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onLost(linkError(this.#lastError, undefined));
  }
}

function isCluster(client: Redis | Cluster): client is Cluster {
  return client.isCluster;
}
