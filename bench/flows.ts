/** The same flow for this package and for the core nodes. */
import type { ProtocolVersion } from './processes/mqtt-bytes';
import type { FlowNode } from './processes/embedded-node-red';

export type Package = 'core' | 'pool';

/** Who logs in, where somebody has to. */
export const USER = 'bench';

export interface ProfileOptions {
  readonly port: number;
  readonly version: ProtocolVersion;
  readonly clientId?: string;
  /** With the user name `USER`. */
  readonly password?: string;
}

/** A node without coordinates would be taken for a config node. */
const PLACE = { z: 'tab', x: 100, y: 100 };

const TYPES = {
  core: { profile: 'mqtt-broker', source: 'mqtt in', sink: 'mqtt out', reference: 'broker' },
  pool: { profile: 'pool-mqtt-profile', source: 'pool-mqtt-source', sink: 'pool-mqtt-sink', reference: 'profile' },
} as const;

export type FlowNodes = readonly FlowNode[];

export const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Bench' };

/** Builds the nodes of one package. */
export class Flow {
  readonly nodes: FlowNode[] = [TAB];
  readonly #types: (typeof TYPES)[Package];

  constructor(which: Package) {
    this.#types = TYPES[which];
  }

  profile(id: string, { port, version, clientId = '', password }: ProfileOptions): this {
    return this.#add({
      id,
      type: this.#types.profile,
      broker: '127.0.0.1',
      port: String(port),
      clientid: clientId,
      autoConnect: true,
      protocolVersion: String(version),
      keepalive: '60',
      cleansession: true,
      autoUnsubscribe: true,
      ...(password !== undefined && { credentials: { user: USER, password } }),
    });
  }

  /** @param to the nodes its messages go to */
  source(id: string, profile: string, topic: string, qos: number, to: readonly string[] = []): this {
    return this.#add({
      id,
      type: this.#types.source,
      ...PLACE,
      [this.#types.reference]: profile,
      topic,
      qos: String(qos),
      datatype: 'buffer',
      nl: false,
      rap: true,
      rh: '0',
      inputs: 0,
      wires: [to],
    });
  }

  /**
   * @param topic without it, each message says where it goes
   * @param more fields of this package's sink
   */
  sink(id: string, profile: string, topic: string, qos: number, more: Readonly<Record<string, unknown>> = {}): this {
    const fields = { topic, qos: String(qos), retain: '', respTopic: '', contentType: '', userProps: '', ...more };
    return this.#add({
      id,
      type: this.#types.sink,
      ...PLACE,
      [this.#types.reference]: profile,
      ...fields,
      correl: '',
      expiry: '',
      wires: [],
    });
  }

  counter(id: string): this {
    return this.#add({ id, type: 'bench-counter', ...PLACE, wires: [] });
  }

  #add(node: FlowNode): this {
    this.nodes.push(node);
    return this;
  }
}
