/**
 * As much of MQTT 3.1.1 and 5 as the load needs, on plain buffers: a client library would take the processor time that
 * the process under test ought to have.
 */

export type ProtocolVersion = 4 | 5;
export type Qos = 0 | 1;

export const CONNACK = 2;
export const PUBLISH = 3;
export const SUBACK = 9;

export function connectPacket(version: ProtocolVersion, clientId: string): Buffer {
  const keepAliveOff = [0, 0];
  const cleanSession = 2;
  return packet(
    0x10,
    Buffer.concat([
      text('MQTT'),
      Buffer.from([version, cleanSession, ...keepAliveOff, ...noProperties(version)]),
      text(clientId),
    ]),
  );
}

export function subscribePacket(version: ProtocolVersion, filter: string, qos: Qos): Buffer {
  const id = [0, 1];
  return packet(
    0x82,
    Buffer.concat([Buffer.from([...id, ...noProperties(version)]), text(filter), Buffer.from([qos])]),
  );
}

/** A publication; at QoS 1 the identifier is to be written at `packetIdOffset`. */
export function publishPacket(version: ProtocolVersion, topic: string, qos: Qos, payload: Buffer): Buffer {
  const id = qos === 0 ? [] : [0, 0];
  return packet(
    0x30 | (qos << 1),
    Buffer.concat([text(topic), Buffer.from([...id, ...noProperties(version)]), payload]),
  );
}

/** Where the identifier stands in a packet made by `publishPacket` with less than 128 bytes behind its header. */
export function packetIdOffset(topic: string): number {
  return 2 + 2 + Buffer.byteLength(topic);
}

export function pubackPacket(id: number): Buffer {
  return Buffer.from([0x40, 2, id >> 8, id & 0xff]);
}

/** Splits a stream into packets. */
export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @param onPacket gets the first byte of the header, the data and where in it the packet's body begins */
  read(chunk: Buffer, onPacket: (header: number, data: Buffer, bodyStart: number) => void): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const body = bodyOf(data, start);
      if (body === undefined || body.end > data.length) break;
      onPacket(data[start] ?? 0, data, body.start);
      start = body.end;
    }
    this.#rest = data.subarray(start);
  }
}

function bodyOf(data: Buffer, packetStart: number): { start: number; end: number } | undefined {
  let length = 0;
  for (let index = 0; index < 4; index += 1) {
    const byte = data[packetStart + 1 + index];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { start: packetStart + 2 + index, end: packetStart + 2 + index + length };
  }
  throw new Error('The broker sent something that is not MQTT.');
}

function packet(header: number, body: Buffer): Buffer {
  if (body.length > 127) throw new Error('The load sends small packets only.');
  return Buffer.concat([Buffer.from([header, body.length]), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}

function noProperties(version: ProtocolVersion): number[] {
  return version === 5 ? [0] : [];
}
