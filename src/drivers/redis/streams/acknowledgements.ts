/**
 * Acknowledgements of one consumer, gathered into one XACK per turn. XACK can be repeated without harm, so what is not
 * confirmed when the connection breaks is sent again on the next one.
 */
import { PoolError } from '../../../core/errors';
import type { ConnectionParts } from '../connection-part';
import { t } from '../../../core/wording';

const RETRY_MILLIS = 1000;
/** No use in trying again. */
const FINAL = new Set(['REDIS_WRONGTYPE', 'REDIS_NOPERM', 'REDIS_UNKNOWN_COMMAND']);

interface Batch {
  readonly ids: string[];
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: PoolError) => void;
}

export class Acknowledgements {
  readonly #parts: ConnectionParts;
  readonly #key: string;
  readonly #group: string;
  /** Told of each XACK that the server refuses. */
  readonly #refused: (error: PoolError) => void;
  /** Those that have something to send or to hear; shared by all of the connection. */
  readonly #owing: Set<Acknowledgements>;
  #gathered: Batch | undefined;
  /** Sent or to be sent again, not confirmed. */
  readonly #unconfirmed = new Set<Batch>();
  readonly #unsent = new Set<Batch>();
  #readUnderWay = false;
  #ended = false;
  #flush: NodeJS.Immediate | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    parts: ConnectionParts,
    key: string,
    group: string,
    refused: (error: PoolError) => void,
    owing: Set<Acknowledgements>,
  ) {
    this.#parts = parts;
    this.#key = key;
    this.#group = group;
    this.#refused = refused;
    this.#owing = owing;
  }

  /** Settles when the server has taken it. Rejects if it can't be; the rejection need not be handled. */
  add(id: string): Promise<void> {
    if (this.#ended) return refusedPromise(closedError());
    if (!this.#gathered) {
      this.#gathered = newBatch();
      this.#owing.add(this);
      if (!this.#readUnderWay) this.#flushSoon();
    }
    this.#gathered.ids.push(id);
    return this.#gathered.promise;
  }

  /** Adds the ids of what is to be acknowledged and not confirmed. */
  collect(ids: Set<string>): void {
    for (const batch of this.#unconfirmed) for (const id of batch.ids) ids.add(id);
    for (const id of this.#gathered?.ids ?? []) ids.add(id);
  }

  /** Sends what has been gathered; called before a read so that both are one write. */
  flush(): void {
    if (this.#flush) clearImmediate(this.#flush);
    this.#flush = undefined;
    const batch = this.#gathered;
    if (!batch) return;
    this.#gathered = undefined;
    this.#unconfirmed.add(batch);
    this.#send(batch);
  }

  /**
   * What is gathered until the returned function is called waits for it: the next read follows at once, if there is one,
   * and both are one write.
   */
  waitForRead(): () => void {
    this.#readUnderWay = true;
    return () => {
      this.#readUnderWay = false;
      if (this.#gathered) this.#flushSoon();
    };
  }

  /** Sends again what was not confirmed. */
  connected(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const batch of unsent) this.#send(batch);
  }

  /** Settles when everything is confirmed, or can't be for now. */
  async drained(): Promise<void> {
    this.flush();
    while (this.#parts.server && this.#unconfirmed.size > this.#unsent.size) {
      const [batch] = [...this.#unconfirmed].filter((one) => !this.#unsent.has(one));
      await batch?.promise.catch(() => undefined);
    }
  }

  /** The connection ends for good. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#retry);
    const error = closedError();
    for (const batch of this.#unconfirmed) batch.reject(error);
    this.#unconfirmed.clear();
    this.#unsent.clear();
    this.#owing.delete(this);
  }

  #flushSoon(): void {
    this.#flush ??= setImmediate(() => this.flush());
  }

  #send(batch: Batch): void {
    if (!this.#parts.server) {
      this.#unsent.add(batch);
      return;
    }
    this.#parts.run('XACK', this.#key, this.#group, ...batch.ids).then(
      () => this.#settled(batch),
      (thrown: unknown) => this.#failed(batch, PoolError.from(thrown)),
    );
  }

  #settled(batch: Batch, error?: PoolError): void {
    this.#unconfirmed.delete(batch);
    if (this.#unconfirmed.size === 0 && !this.#gathered) this.#owing.delete(this);
    if (error) batch.reject(error);
    else batch.resolve();
  }

  #failed(batch: Batch, error: PoolError): void {
    if (FINAL.has(error.code)) {
      this.#settled(batch, error);
      this.#refused(error);
      return;
    }
    if (!this.#unconfirmed.has(batch)) return;
    this.#unsent.add(batch);
    this.#retry ??= setTimeout(() => this.connected(), RETRY_MILLIS).unref();
  }
}

function closedError(): PoolError {
  return new PoolError('CONNECTION_CLOSED', t`The connection was closed before the acknowledgement was sent.`);
}

/** One that need not be handled. */
function refusedPromise(error: PoolError): Promise<void> {
  const promise = Promise.reject(error);
  promise.catch(() => undefined);
  return promise;
}

function newBatch(): Batch {
  let resolve: () => void = () => undefined;
  let reject: (error: PoolError) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => undefined);
  return { ids: [], promise, resolve, reject };
}
