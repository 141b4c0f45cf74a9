/** What the HTTP nodes are measured against: undici alone, used as one would without nodes. */
import { Pool } from 'undici';

export interface RequestsOptions {
  readonly port: number;
  readonly requests: number;
  readonly connections: number;
}

export class BareUndici {
  #pool: Pool | undefined;

  /** All requests at once; settles when all are answered and read. */
  async requests({ port, requests, connections }: RequestsOptions): Promise<void> {
    const pool = (this.#pool ??= new Pool(`http://127.0.0.1:${port}`, { connections }));
    await Promise.all(
      Array.from({ length: requests }, async () => {
        const { body } = await pool.request({ method: 'GET', path: '/value' });
        await body.text();
      }),
    );
  }
}
