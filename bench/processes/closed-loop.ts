/**
 * One run of the load: sends a burst of messages, and the next when all of them have come back. The arrivals are so the
 * same whatever the speed of the process under test; sending one for each that comes back would give a process with
 * pauses larger batches, and so less work per message.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  CONNACK,
  connectPacket,
  PacketReader,
  type ProtocolVersion,
  PUBLISH,
  packetIdOffset,
  publishPacket,
  pubackPacket,
  type Qos,
  SUBACK,
  subscribePacket,
} from './mqtt-bytes';

export interface LoopOptions {
  readonly port: number;
  readonly version: ProtocolVersion;
  readonly qos: Qos;
  /** Where the messages go. */
  readonly topic: string;
  /** Where they come back. */
  readonly echoTopic: string;
  readonly payloadBytes: number;
  /** Messages sent at a time. */
  readonly burst: number;
  /** For how long bursts are sent. */
  readonly millis: number;
}

export interface LoopResult {
  readonly messages: number;
  readonly millis: number;
  readonly lost: number;
}

const SILENCE_MILLIS = 5000;

/** Runs the loop on a connection of its own; settles when every message has come back, or none for a while. */
export async function runClosedLoop(options: LoopOptions): Promise<LoopResult> {
  const socket = connect(options.port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  try {
    return await new ClosedLoop(socket, options).run();
  } finally {
    socket.destroy();
  }
}

class ClosedLoop {
  readonly #socket: Socket;
  readonly #options: LoopOptions;
  readonly #message: Buffer;
  readonly #idOffset: number;
  readonly #reader = new PacketReader();
  #expected: number | undefined = CONNACK;
  #arrived: () => void = () => undefined;
  #sent = 0;
  #received = 0;
  #end = 0;
  #finish: () => void = () => undefined;

  constructor(socket: Socket, options: LoopOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#message = publishPacket(options.version, options.topic, options.qos, Buffer.alloc(options.payloadBytes, 'x'));
    this.#idOffset = packetIdOffset(options.topic);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
  }

  async run(): Promise<LoopResult> {
    const { version, qos, echoTopic, burst, millis } = this.#options;
    await this.#request(connectPacket(version, `load-${process.pid}-${Date.now()}`), CONNACK);
    await this.#request(subscribePacket(version, echoTopic, qos), SUBACK);
    const start = performance.now();
    this.#end = start + millis;
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#send(burst);
    const watch = this.#watch();
    await finished;
    clearInterval(watch);
    return {
      messages: this.#received,
      millis: performance.now() - start,
      lost: this.#sent - this.#received,
    };
  }

  async #request(request: Buffer, answer: number): Promise<void> {
    this.#expected = answer;
    const arrived = new Promise<void>((resolve, reject) => {
      this.#arrived = resolve;
      this.#socket.once('close', () => reject(new Error('The broker closed the connection of the load.')));
    });
    this.#socket.write(request);
    await arrived;
  }

  /** Gives up when nothing comes back any more. */
  #watch(): NodeJS.Timeout {
    let before = 0;
    return setInterval(() => {
      if (this.#received === before) this.#finish();
      before = this.#received;
    }, SILENCE_MILLIS);
  }

  #onData(chunk: Buffer): void {
    let echoes = 0;
    const acknowledgements: Buffer[] = [];
    this.#reader.read(chunk, (header, data, bodyStart) => {
      const type = header >> 4;
      if (type === this.#expected) this.#arrived();
      if (type !== PUBLISH) return;
      echoes += 1;
      if ((header & 6) !== 0)
        acknowledgements.push(pubackPacket(data.readUInt16BE(bodyStart + 2 + data.readUInt16BE(bodyStart))));
    });
    if (acknowledgements.length > 0) this.#socket.write(Buffer.concat(acknowledgements));
    if (echoes === 0) return;
    this.#received += echoes;
    if (this.#received < this.#sent) return;
    if (performance.now() < this.#end) this.#send(this.#options.burst);
    else this.#finish();
  }

  #send(count: number): void {
    const { length } = this.#message;
    const batch = Buffer.allocUnsafe(count * length);
    for (let index = 0; index < count; index += 1) {
      this.#message.copy(batch, index * length);
      this.#sent += 1;
      if (this.#options.qos > 0) batch.writeUInt16BE((this.#sent % 65_535) + 1, index * length + this.#idOffset);
    }
    this.#socket.write(batch);
  }
}
