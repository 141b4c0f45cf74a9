/** The same flow for this package and for node-red-contrib-redis. */
import { TAB } from '../flows';
import type { FlowNode } from '../processes/embedded-node-red';

export type RedisPackage = 'peer' | 'pool';

export interface RedisProfileOptions {
  readonly port: number;
  /** @default 0 */
  readonly database?: number;
  readonly password?: string;
  /** @default 'Redis' */
  readonly name?: string;
  /** More fields of this package's profile. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A node without coordinates would be taken for a config node. */
const PLACE = { z: 'tab', x: 100, y: 100 };

const PEER_COMMANDS = { subscribe: 'subscribe', list: 'blpop', publish: 'publish' } as const;

/** Builds the nodes of one package. */
export class RedisFlow {
  readonly nodes: FlowNode[] = [TAB];
  readonly #which: RedisPackage;

  constructor(which: RedisPackage) {
    this.#which = which;
  }

  profile(id: string, { port, database = 0, password, name = 'Redis', fields = {} }: RedisProfileOptions): this {
    if (this.#which === 'peer') {
      const options = JSON.stringify({ host: '127.0.0.1', port, db: database, ...(password && { password }) });
      return this.#add({ id, type: 'redis-config', name, options, cluster: false, optionsType: 'json' });
    }
    return this.#add({
      id,
      type: 'pool-redis-profile',
      name,
      mode: 'standalone',
      host: '127.0.0.1',
      port: String(port),
      database: String(database),
      autoConnect: true,
      ...fields,
      ...(password && { credentials: { password } }),
    });
  }

  /** Receives what is published to a channel, or pops a list. */
  source(id: string, profile: string, mode: 'subscribe' | 'list', key: string, to: readonly string[] = []): this {
    if (this.#which === 'pool') return this.poolSource(id, profile, { mode, key, datatype: 'buffer' }, to);
    const fields = { command: PEER_COMMANDS[mode], topic: key, obj: false, timeout: 0 };
    return this.#add({ id, type: 'redis-in', ...PLACE, server: profile, ...fields, wires: [to] });
  }

  /** A source of this package in one of the modes that the peer does not have. */
  poolSource(id: string, profile: string, fields: Readonly<Record<string, unknown>>, to: readonly string[] = []): this {
    return this.#add({ id, type: 'pool-redis-source', ...PLACE, profile, inputs: 0, ...fields, wires: [to] });
  }

  /**
   * Publishes to a channel, or pushes to the end of a list.
   *
   * @param more fields of this package's sink
   */
  sink(
    id: string,
    profile: string,
    structure: 'publish' | 'list',
    key: string,
    more: Readonly<Record<string, unknown>> = {},
  ): this {
    if (this.#which === 'peer') {
      const command = structure === 'list' ? 'rpush' : 'publish';
      const fields = { command, topic: key, obj: false };
      return this.#add({ id, type: 'redis-out', ...PLACE, server: profile, ...fields, wires: [] });
    }
    return this.#poolSink(id, profile, {
      ...{ structure, key, keyType: 'str', end: 'right', datatype: 'buffer' },
      ...more,
    });
  }

  /** Sets the key that is the message's topic; the peer's sink knows no SET, its command node does. */
  set(id: string, profile: string): this {
    if (this.#which === 'peer') {
      const fields = { command: 'SET', topic: '', params: '', block: false };
      return this.#add({ id, type: 'redis-command', ...PLACE, server: profile, ...fields, wires: [[]] });
    }
    return this.#poolSink(id, profile, { structure: 'string', key: 'topic', keyType: 'msg', datatype: 'string' });
  }

  /** A script without keys that the server remembers. */
  script(id: string, profile: string, code: string, to: readonly string[]): this {
    if (this.#which === 'peer') {
      const fields = { func: code, keyval: 0, stored: true, block: false };
      return this.#add({ id, type: 'redis-lua-script', ...PLACE, server: profile, ...fields, wires: [to] });
    }
    return this.#add({
      id,
      type: 'pool-redis-script',
      ...PLACE,
      profile,
      script: code,
      keys: [],
      args: [],
      wires: [to],
    });
  }

  /** Takes the topic out of the message: the peer's sink would prefer it to its own. */
  change(id: string, to: string): this {
    const rules = [{ t: 'delete', p: 'topic', pt: 'msg' }];
    return this.#add({ id, type: 'change', ...PLACE, rules, wires: [[to]] });
  }

  /** Takes the errors of all nodes. */
  catchAll(id: string, to: string): this {
    return this.#add({ id, type: 'catch', ...PLACE, scope: null, uncaught: false, wires: [[to]] });
  }

  /** @param sentAt the property that tells when an entry was sent */
  counter(id: string, sentAt = ''): this {
    return this.#add({ id, type: 'bench-counter', ...PLACE, sentAt, wires: [] });
  }

  #poolSink(id: string, profile: string, fields: Readonly<Record<string, unknown>>): this {
    const value = { value: 'payload', valueType: 'msg' };
    return this.#add({ id, type: 'pool-redis-sink', ...PLACE, profile, ...value, ...fields, wires: [] });
  }

  #add(node: FlowNode): this {
    this.nodes.push(node);
    return this;
  }
}
