/** Brokers and child processes of one case, all ended when the case is over. */
import { join } from 'node:path';
import { Mosquitto, type MosquittoOptions, startMosquitto } from '../test/support/mosquitto';
import { type RedisOptions, type RedisServer, startRedis } from '../test/support/redis-server';
import { Teardown } from '../test/support/teardown';
import type { HttpServer } from './processes/http-server';
import type { Load } from './processes/load';
import type { RedisLoad } from './processes/redis-load';
import { Remote } from './processes/remote';
import type { SubjectMethods } from './processes/subject';

export type Subject = Remote<SubjectMethods>;
export type LoadProcess = Remote<Load>;
export type RedisLoadProcess = Remote<RedisLoad>;

export interface NodeRedOptions {
  /** Folders of further packages with nodes. */
  readonly packages?: readonly string[];
  /** Keep what it prints to itself: errors are expected. */
  readonly silent?: boolean;
}

export class Resources {
  readonly teardown = new Teardown();

  /** A broker that logs little, so that logging does not slow it down, unless `options` say otherwise. */
  async broker(options: MosquittoOptions = {}): Promise<Mosquitto> {
    return this.teardown.stopLater(await startMosquitto({ log: 'little', ...options }));
  }

  async redis(options: RedisOptions = {}): Promise<RedisServer> {
    return this.teardown.stopLater(await startRedis(options));
  }

  redisLoad(): RedisLoadProcess {
    return this.teardown.stopLater(new Remote<RedisLoad>('load', join(__dirname, 'processes', 'redis-load.js')));
  }

  httpServer(): Remote<HttpServer> {
    return this.teardown.stopLater(
      new Remote<HttpServer>('http server', join(__dirname, 'processes', 'http-server.js')),
    );
  }

  load(): LoadProcess {
    return this.teardown.stopLater(new Remote<Load>('load', join(__dirname, 'processes', 'load.js')));
  }

  /** An empty child process for the client library or Node-RED. */
  subject(name: string, options: { readonly silent?: boolean } = {}): Subject {
    const script = join(__dirname, 'processes', 'subject.js');
    return this.teardown.stopLater(new Remote<SubjectMethods>(name, script, options));
  }

  /** A child process with an empty Node-RED running. */
  async nodeRed(name: string, { packages = [], silent = false }: NodeRedOptions = {}): Promise<Subject> {
    const subject = this.subject(name, { silent });
    await subject.call.start(packages);
    return subject;
  }
}

/** Runs `action` with resources that are ended afterwards, whatever happens. */
export async function withResources<T>(action: (resources: Resources) => Promise<T>): Promise<T> {
  const resources = new Resources();
  try {
    return await action(resources);
  } finally {
    await resources.teardown.run();
  }
}
