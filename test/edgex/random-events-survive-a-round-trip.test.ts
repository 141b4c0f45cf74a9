/** Any event survives being written and read, in any form: seeded random events of all value types, with odd names and values. */
import assert from 'node:assert/strict';
import { encodeEvent, type ReadingMetadata } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { decodeMessage } from '../../src/edgex/envelope';
import { findValueType, type ScalarRule, VALUE_TYPES, type ValueType } from '../../src/edgex/value-types';
import { Random, seeds, withSeed } from '../support/random';

const NAMES = [
  'Temperature',
  'a b',
  'ü/+#',
  '__proto__',
  'constructor',
  'toString',
  'readings',
  '0',
  '"',
  '\u2028',
  '日本',
];
const TEXTS = ['', ' ', 'a, b', '[a]', '"', '\\', '\u0000', 'ü😀', '__proto__', '1e5', 'null', '\n'];

describe('a random event', () => {
  for (const seed of seeds(60)) {
    it(`survives every form (seed ${seed})`, () =>
      withSeed(seed, async (random) => {
        for (let times = 0; times < 20; times += 1) {
          const event = randomEvent(random);
          const form = random.pick(['v4', 'v3', 'cbor-payload', 'cbor'] as const);
          const messageType = random.pick(['event', 'request'] as const);
          const decoded = decodeMessage(encodeMessage(event, { form, messageType }));
          assert.equal(decoded.envelope.form, form);
          assert.deepEqual(decoded.event, event);
        }
      }));
  }
});

function randomEvent(random: Random) {
  const row: Record<string, unknown> = {};
  const readings: Record<string, ReadingMetadata> = {};
  for (let count = random.int(0, 8); count > 0; count -= 1) {
    const name = random.pick(NAMES);
    const valueType = random.pick(VALUE_TYPES);
    define(row, name, random.chance(0.1) ? null : randomValue(random, valueType));
    define(readings, name, { valueType, ...(random.chance(0.3) && { units: random.pick(TEXTS) || 'C' }) });
  }
  const origin = BigInt(random.int(1, 2 ** 31)) ** 2n;
  const tags = random.chance(0.5) ? { [random.pick(TEXTS) || 'tag']: randomData(random, 0) } : {};
  return encodeEvent([row], { deviceName: 'device', profileName: 'pro/file', sourceName: 'ß', origin, tags, readings });
}

function randomValue(random: Random, valueType: ValueType): unknown {
  const rule = findValueType(valueType);
  if (valueType === 'Binary') return Buffer.from(Array.from({ length: random.int(0, 300) }, () => random.int(0, 255)));
  if (valueType === 'Object') return randomData(random, 0) ?? {};
  if (valueType === 'ObjectArray') return [{ a: randomData(random, 1) }];
  const one = () => randomScalar(random, rule?.scalar);
  return rule?.isArray ? Array.from({ length: random.int(0, 5) }, one) : one();
}

function randomScalar(random: Random, scalar: ScalarRule | undefined): unknown {
  if (scalar?.kind === 'bool') return random.chance(0.5);
  if (scalar?.kind === 'float')
    return random.pick([0, -0, 0.1, NaN, Infinity, -Infinity, random.next(), 1e-30, -random.next() * 1e30, 5e-45]);
  if (scalar?.kind !== 'integer') return random.pick(TEXTS);
  const range = scalar.maximum - scalar.minimum;
  const inside = scalar.minimum + (range * BigInt(random.int(0, 1_000_000))) / 1_000_000n;
  return random.pick([scalar.minimum, scalar.maximum, inside, String(inside)]);
}

function randomData(random: Random, depth: number): unknown {
  const leaf = () => random.pick([null, true, 0, -1, 0.5, 2 ** 53, 2n ** 63n, -(2n ** 62n), random.pick(TEXTS)]);
  if (depth > 3 || random.chance(0.5)) {
    const value = leaf();
    // Beyond 2^53 whole numbers come back as bigints: that is what exact means.
    return value === 2 ** 53 ? 2n ** 53n : value;
  }
  if (random.chance(0.5)) return Array.from({ length: random.int(0, 3) }, () => randomData(random, depth + 1));
  const object: Record<string, unknown> = {};
  for (let count = random.int(0, 3); count > 0; count -= 1)
    define(object, random.pick(NAMES), randomData(random, depth + 1));
  return object;
}

function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
