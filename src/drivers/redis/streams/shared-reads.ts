/** Readers of one stream at the same position are served by one XREAD. */
import type { ConnectionParts } from '../connection-part';
import type { RedisItem } from '../reading';
import { entriesOf, type StreamEntry } from './stream-replies';

const NO_VALUE = Buffer.alloc(0);

export interface SharedRead {
  readonly entries: readonly StreamEntry[];
  readonly items: readonly RedisItem[];
}

export class SharedReads {
  readonly #parts: ConnectionParts;
  readonly #underWay = new Map<string, Promise<SharedRead>>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /**
   * @param after the id of the last entry not wanted
   * @param count entries at most
   */
  read(key: string, after: string, count: number): Promise<SharedRead> {
    const name = `${after} ${count} ${key}`;
    const present = this.#underWay.get(name);
    if (present) return present;
    const read = this.#read(key, after, count).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, read);
    return read;
  }

  async #read(key: string, after: string, count: number): Promise<SharedRead> {
    const entries = entriesOf(await this.#parts.run('XREAD', 'COUNT', count, 'STREAMS', key, after));
    const items = entries.map(({ id, fields = [] }) => ({ key, value: NO_VALUE, id, fields }));
    return { entries, items };
  }
}
