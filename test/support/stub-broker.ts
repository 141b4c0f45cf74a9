/**
 * A scriptable broker of MQTT 3.1, 3.1.1 and 5: honest by default, and telling every packet it got. Tests choose how
 * it treats overlapping subscriptions, what it announces, refuses, holds back, or breaks.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { IConnackPacket, IConnectPacket, Packet, PacketCmd } from 'mqtt-packet';
import { freePort } from './ports';
import { StubConnection } from './stub-connection';
import { StubSession } from './stub-session';
import { StubTopics } from './stub-topics';

/** What a client with several matching subscriptions gets (MQTT 5.0, 3.3.4 allows all three). */
export type OverlapMode = 'one-copy-with-ids' | 'copy-per-subscription' | 'one-copy-no-ids';

export interface StubOptions {
  readonly port?: number;
  /** @default 'one-copy-with-ids' */
  readonly overlap?: OverlapMode;
  /** Versions spoken; others are turned away with "unacceptable protocol version". @default [3, 4, 5] */
  readonly versions?: readonly number[];
  /** Properties of the CONNACK to clients of 5. */
  readonly serverProperties?: IConnackPacket['properties'];
  /** A return code (3.1.1) or reason code (5) to refuse a CONNECT with. */
  readonly refuseConnect?: (packet: IConnectPacket) => number | undefined;
  /** A SUBACK reason code (128 or above) to refuse a filter with. */
  readonly refuseFilter?: (filter: string, packet: IConnectPacket) => number | undefined;
  /** A reason code (128 or above) to answer a PUBLISH of QoS 1 or 2 with (5 only). */
  readonly refusePublish?: (topic: string) => number | undefined;
  /** Sees each packet first; returning true keeps the broker from handling it. */
  readonly onPacket?: (packet: Packet, connection: StubConnection) => boolean | undefined;
  /** Sees each new socket first. */
  readonly onSocket?: (socket: Socket) => void;
}

export interface Received {
  readonly packet: Packet;
  readonly connection: StubConnection;
  readonly at: number;
}

/** Starts a stub and settles when it accepts connections. */
export async function startStub(options: StubOptions = {}): Promise<StubBroker> {
  const stub = new StubBroker(options.port ?? (await freePort()), options);
  await stub.start();
  return stub;
}

export class StubBroker {
  readonly port: number;
  readonly url: string;
  readonly options: StubOptions;
  /** Every packet received, over all connections and restarts. */
  readonly received: Received[] = [];
  /** Connections accepted so far. */
  accepted = 0;
  readonly sessions = new Map<string, StubSession>();
  readonly topics: StubTopics;
  readonly #connections = new Set<StubConnection>();
  readonly #held = new Map<PacketCmd, (() => void)[]>();
  #server: Server | undefined;

  constructor(port: number, options: StubOptions) {
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
    this.options = options;
    this.topics = new StubTopics(this.sessions, options.overlap ?? 'one-copy-with-ids');
  }

  get connections(): readonly StubConnection[] {
    return [...this.#connections];
  }

  /** Accepts connections (again) on its port; sessions and retained messages survive a stop. */
  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.accepted += 1;
      this.options.onSocket?.(socket);
      const connection = new StubConnection(this, socket);
      this.#connections.add(connection);
      socket.once('close', () => this.#connections.delete(connection));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = server === undefined ? undefined : new Promise<void>((resolve) => server.close(() => resolve()));
    this.dropAll();
    await closed;
  }

  /** Destroys every socket; the broker goes on accepting. */
  dropAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** The packets of one kind received so far. */
  of<Cmd extends PacketCmd>(cmd: Cmd): Extract<Packet, { cmd: Cmd }>[] {
    return this.received.flatMap(({ packet }) => (isCmd(packet, cmd) ? [packet] : []));
  }

  /** Publishes from the broker itself. */
  publish(topic: string, payload: string | Buffer, options: { qos?: 0 | 1 | 2; retain?: boolean } = {}): void {
    this.topics.publish({ topic, payload, qos: options.qos ?? 0, retain: options.retain ?? false }, undefined);
  }

  /** Holds back answers of these kinds (`suback`, `puback`, …) until `release`. */
  hold(...commands: PacketCmd[]): void {
    for (const cmd of commands) if (!this.#held.has(cmd)) this.#held.set(cmd, []);
  }

  /** Sends what was held back of these kinds (all when none is given) and holds no more. */
  release(...commands: PacketCmd[]): void {
    for (const cmd of commands.length === 0 ? [...this.#held.keys()] : commands) {
      const sends = this.#held.get(cmd) ?? [];
      this.#held.delete(cmd);
      for (const send of sends) send();
    }
  }

  /** Lets one held answer of a kind go. */
  releaseOne(cmd: PacketCmd): void {
    this.#held.get(cmd)?.shift()?.();
  }

  /** For connections: sends now, or later if this kind is held back. */
  send(cmd: PacketCmd, send: () => void): void {
    const held = this.#held.get(cmd);
    if (held === undefined) send();
    else held.push(send);
  }

  /** For connections: the session of a client, new or resumed. */
  sessionFor(packet: IConnectPacket, connection: StubConnection): { session: StubSession; present: boolean } {
    const earlier = this.sessions.get(packet.clientId);
    earlier?.connection?.takenOver();
    const present = earlier !== undefined && packet.clean !== true && earlier.persistent;
    const session = present ? earlier : new StubSession(packet.clientId);
    session.attach(connection, packet);
    this.sessions.set(packet.clientId, session);
    return { session, present };
  }
}

function isCmd<Cmd extends PacketCmd>(packet: Packet, cmd: Cmd): packet is Extract<Packet, { cmd: Cmd }> {
  return packet.cmd === cmd;
}
