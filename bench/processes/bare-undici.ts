/** What the HTTP nodes are measured against, used as one would without nodes: undici alone, and sessions of the pool. */
import { type Dispatcher, Pool } from 'undici';
import type { HttpSession } from '../../src/drivers/http/session';
import { getPool } from '../../src/index';

/**
 * `request`: `pool.request()` and `body.text()`, as its documentation shows it. `dispatch`: its lowest level, with a
 * handler of one's own that collects the body; as little as undici can do. `sessions`: of this package.
 */
export type RequestsForm = 'request' | 'dispatch' | 'sessions';

export interface RequestsOptions {
  readonly form: RequestsForm;
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  /** How many sessions share the requests. */
  readonly sessions: number;
}

/** The same of every form, as a message would have it. */
interface Answer {
  readonly statusCode: number;
  readonly headers: object;
  readonly payload: string;
}

export class BareUndici {
  #pool: Pool | undefined;
  #sessions: HttpSession[] | undefined;

  /** All requests at once; settles when all are answered and read. */
  async requests(options: RequestsOptions): Promise<void> {
    const ask = options.form === 'sessions' ? this.#bySession(options) : this.#byUndici(options);
    const one = async (index: number): Promise<void> => {
      const answer = await ask(index);
      if (answer?.statusCode !== 200) throw new Error('A request was not answered as it should be.');
    };
    await Promise.all(Array.from({ length: options.requests }, (_unused, index) => one(index)));
  }

  #byUndici({ form, port, connections }: RequestsOptions): () => Promise<Answer> {
    const pool = (this.#pool ??= new Pool(`http://127.0.0.1:${port}`, { connections }));
    return form === 'dispatch' ? () => dispatched(pool) : () => requested(pool);
  }

  #bySession({ port, connections, sessions: count }: RequestsOptions): (index: number) => Promise<Answer | undefined> {
    const profile = { baseUrl: `http://127.0.0.1:${port}`, maxSockets: connections };
    const sessions = (this.#sessions ??= Array.from({ length: count }, (_unused, index) => {
      const lease = getPool().acquire('http', profile, { id: `bench-${index}`, type: 'bench' });
      return lease.session as HttpSession;
    }));
    return async (index) => {
      const response = await sessions[index % count]?.request({ path: '/value' });
      return response && { statusCode: response.status, headers: response.headers, payload: response.body.toString() };
    };
  }
}

async function requested(pool: Pool): Promise<Answer> {
  const { statusCode, headers, body } = await pool.request({ method: 'GET', path: '/value' });
  return { statusCode, headers, payload: await body.text() };
}

function dispatched(pool: Pool): Promise<Answer> {
  return new Promise((resolve, reject) => {
    pool.dispatch({ method: 'GET', path: '/value' }, new Collector(resolve, reject));
  });
}

class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #statusCode = 0;
  #headers: object = {};

  constructor(resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Without it, undici takes the handler for one of the older kind. */
  onRequestStart(): void {}

  onResponseStart(_controller: unknown, statusCode: number, headers: object): void {
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [statusCode, headers] = [this.#statusCode, this.#headers];
    this.#resolve({ statusCode, headers, payload: Buffer.concat(this.#chunks).toString() });
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#reject(error);
  }
}
