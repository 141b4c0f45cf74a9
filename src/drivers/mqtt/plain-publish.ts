/**
 * The PUBLISH packet of a QoS 0 message without properties (MQTT 5.0, 3.3; MQTT 3.1.1, 3.3), written straight to the
 * stream: most messages are of this kind, mqtt.js has nothing to keep of them, and its way takes as long as all the rest.
 */
import type { Duplex } from 'node:stream';

const PUBLISH = 0x30;
const RETAIN = 0x01;
/** Topics are few and repeat. */
const REMEMBERED_TOPICS = 2_000;
const encodedTopics = new Map<string, Buffer>();

/** Writes the packet as two chunks: everything before the payload, and the payload. */
export function writePlainPublish(
  stream: Duplex,
  topic: string,
  payload: string | Buffer,
  payloadBytes: number,
  retain: boolean,
  version: 3 | 4 | 5,
): void {
  const name = encodeTopic(topic);
  const noProperties = version === 5 ? 1 : 0;
  const head = Buffer.allocUnsafe(5 + name.length + noProperties);
  head[0] = retain ? PUBLISH | RETAIN : PUBLISH;
  let at = writeLength(head, name.length + noProperties + payloadBytes);
  head.set(name, at);
  at += name.length;
  if (noProperties) head[at++] = 0;
  stream.write(head.subarray(0, at));
  if (payloadBytes > 0) stream.write(payload);
}

/** The remaining length as a variable byte integer (MQTT 5.0, 1.5.5), from the second byte on; returns where it ends. */
function writeLength(head: Buffer, length: number): number {
  let at = 1;
  let rest = length;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    head[at++] = rest > 0 ? digit | 0x80 : digit;
  } while (rest > 0);
  return at;
}

/** The topic with its two bytes of length (MQTT 5.0, 1.5.4). */
function encodeTopic(topic: string): Buffer {
  const known = encodedTopics.get(topic);
  if (known) return known;
  const length = Buffer.byteLength(topic);
  const encoded = Buffer.allocUnsafeSlow(2 + length);
  encoded.writeUInt16BE(length, 0);
  encoded.write(topic, 2, 'utf8');
  if (encodedTopics.size >= REMEMBERED_TOPICS) encodedTopics.clear();
  encodedTopics.set(topic, encoded);
  return encoded;
}
