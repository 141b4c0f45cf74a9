/** What the HTTP nodes are measured against, used as one would without nodes: undici alone, and sessions of the pool. */
import { Pool } from 'undici';
import type { HttpSession } from '../../src/drivers/http/session';
import { getPool } from '../../src/index';

export interface RequestsOptions {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
  /** How many sessions share the requests; none: undici alone. */
  readonly sessions?: number;
}

export class BareUndici {
  #pool: Pool | undefined;
  #sessions: HttpSession[] | undefined;

  /** All requests at once; settles when all are answered and read. */
  async requests(options: RequestsOptions): Promise<void> {
    const { port, requests, connections } = options;
    if (options.sessions !== undefined) return this.#requestsOfSessions(options.sessions, options);
    const pool = (this.#pool ??= new Pool(`http://127.0.0.1:${port}`, { connections }));
    await Promise.all(
      Array.from({ length: requests }, async () => {
        const { body } = await pool.request({ method: 'GET', path: '/value' });
        await body.text();
      }),
    );
  }

  async #requestsOfSessions(count: number, { port, requests, connections }: RequestsOptions): Promise<void> {
    const profile = { baseUrl: `http://127.0.0.1:${port}`, maxSockets: connections };
    const sessions = (this.#sessions ??= Array.from({ length: count }, (_unused, index) => {
      const lease = getPool().acquire('http', profile, { id: `bench-${index}`, type: 'bench' });
      return lease.session as HttpSession;
    }));
    const one = async (index: number): Promise<void> => {
      await sessions[index % count]?.request({ path: '/value' });
    };
    await Promise.all(Array.from({ length: requests }, (_unused, index) => one(index)));
  }
}
