/** Damages messages of the EdgeX bus in ways that reach every layer: bytes, tokens, and the payload within the envelope. */
import type { Random } from './random';

/** What goes wrong with parsers: nesting, lengths, prototype keys, numbers, text that is none. */
const JSON_TOKENS = [
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '"toString":1,',
  '[[[[[[[[[[',
  '{"a":'.repeat(80),
  '['.repeat(70),
  '1e999',
  '-0',
  '123456789012345678901234567890',
  '9'.repeat(500),
  '0x10',
  '01',
  'NaN',
  'null',
  'true',
  '""',
  '{}',
  '[]',
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '\ufeff',
  '"event":{"readings":[{}]},',
  '"readings":null,',
  '"payload":"AAAA",',
  '"payload":{"readings":[[]],"deviceName":7},',
  '"valueType":"Uint8",',
  '"value":"[1, 2",',
  '"errorCode":1,',
  '"contentType":"application/cbor",',
];

const CBOR_TOKENS = [
  [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xbb, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00],
  [0x5a, 0x7f, 0xff, 0xff, 0xff],
  [0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xbf, 0x69, ...Buffer.from('__proto__'), 0xa0, 0xff],
  Array.from({ length: 90 }, () => 0x81),
  Array.from({ length: 90 }, () => 0xc1),
  [0x9f, 0x9f, 0xff],
  [0xff],
  [0xf7],
  [0xf8, 0x20],
  [0x5f, 0x41, 0x00, 0x61, 0x61, 0xff],
  [0xc2, 0x58, 0x60],
  [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
  [0x1c],
].map((bytes) => Buffer.from(bytes));

/** One to four damages; sometimes to the payload that is base64 within the message instead of to the message. */
export function mutate(random: Random, message: Buffer, other: Buffer): Buffer {
  let bytes = random.chance(0.4) ? mutatePayload(random, message, other) : message;
  for (let times = random.int(bytes === message ? 1 : 0, 4); times > 0; times -= 1)
    bytes = damage(random, bytes, other);
  return bytes;
}

function mutatePayload(random: Random, message: Buffer, other: Buffer): Buffer {
  const text = message.toString('latin1');
  const match = /("payload":\s*")([A-Za-z0-9+/=]+)"/.exec(text);
  if (!match?.[2]) return message;
  const inner = damage(random, Buffer.from(match[2], 'base64'), other).toString('base64');
  return Buffer.from(
    text.replace(match[2], () => inner),
    'latin1',
  );
}

function damage(random: Random, bytes: Buffer, other: Buffer): Buffer {
  const at = random.int(0, bytes.length);
  const end = Math.min(bytes.length, at + random.int(0, 20));
  const [before, rest, after] = [bytes.subarray(0, at), bytes.subarray(at), bytes.subarray(end)];
  switch (random.int(0, 8)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([bytes.subarray(0, end), rest]);
    case 3:
      return Buffer.concat([before, randomBytes(random), after]);
    case 4: {
      const changed = Buffer.from(bytes);
      for (let times = random.int(1, 4); times > 0; times -= 1)
        changed[random.int(0, bytes.length)] = random.int(0, 255);
      return changed;
    }
    case 5:
      return Buffer.concat([before, Buffer.from(random.pick(JSON_TOKENS)), random.chance(0.5) ? rest : after]);
    case 6:
      return Buffer.concat([before, random.pick(CBOR_TOKENS), random.chance(0.5) ? rest : after]);
    case 7:
      return Buffer.concat([before, other.subarray(random.int(0, other.length))]);
    default:
      return replaceToken(random, bytes);
  }
}

/** Puts another token in the place of a whole one, so that the message stays well formed but says something else. */
function replaceToken(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null/g)];
  if (tokens.length === 0) return bytes;
  const token = random.pick(tokens);
  const replacement = random.pick([
    ...JSON_TOKENS,
    random.pick(tokens)[0],
    '"Int64"',
    '"Binary"',
    '"ObjectArray"',
    '"Float32Array"',
  ]);
  return Buffer.from(text.slice(0, token.index) + replacement + text.slice(token.index + token[0].length), 'latin1');
}

function randomBytes(random: Random): Buffer {
  return Buffer.from(Array.from({ length: random.int(1, 12) }, () => random.int(0, 255)));
}
