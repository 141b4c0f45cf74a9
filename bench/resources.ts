/** Brokers and child processes of one case, all ended when the case is over. */
import { join } from 'node:path';
import { Mosquitto, type MosquittoOptions, startMosquitto } from '../test/support/mosquitto';
import { Teardown } from '../test/support/teardown';
import type { Load } from './processes/load';
import { Remote } from './processes/remote';
import type { SubjectMethods } from './processes/subject';

export type Subject = Remote<SubjectMethods>;
export type LoadProcess = Remote<Load>;

export class Resources {
  readonly teardown = new Teardown();

  /** A broker that logs little, so that logging does not slow it down, unless `options` say otherwise. */
  async broker(options: MosquittoOptions = {}): Promise<Mosquitto> {
    return this.teardown.stopLater(await startMosquitto({ log: 'little', ...options }));
  }

  load(): LoadProcess {
    return this.teardown.stopLater(new Remote<Load>('load', join(__dirname, 'processes', 'load.js')));
  }

  /** An empty child process for the client library or Node-RED. */
  subject(name: string): Subject {
    return this.teardown.stopLater(new Remote<SubjectMethods>(name, join(__dirname, 'processes', 'subject.js')));
  }

  /** A child process with an empty Node-RED running. */
  async nodeRed(name: string): Promise<Subject> {
    const subject = this.subject(name);
    await subject.call.start();
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
