/** The settings of a Redis sink that are the same for all messages; the others are typed inputs, see sink-row.ts. */
import type { ResendPolicy } from '../../drivers/redis/profile';
import { readCompression, readDecompression } from '../compression';
import { PAYLOAD_FORMATS } from '../payload-formats';
import type { ReadAs, WrittenAs } from '../redis-payload';
import { CheckedReaders, readBoolean, readText, type Settings } from '../settings-readers';
import { t } from '../../core/wording';

const STRUCTURES = [
  'string',
  'hash',
  'list',
  'set',
  'sorted-set',
  'stream',
  'publish',
  'sharded-publish',
  'counter',
  'delete',
] as const;

/** What the sink writes to. */
export type Structure = (typeof STRUCTURES)[number];

/** `nx`: only what is not there yet; `xx`: only what is there; `gt`, `lt`: only a greater (less) score than before. */
export type Condition = 'always' | 'nx' | 'xx' | 'gt' | 'lt';

/** Which conditions a structure has; the others have none, and what is left over from another one is ignored. */
const CONDITIONS: Readonly<Partial<Record<Structure, readonly Condition[]>>> = {
  string: ['always', 'nx', 'xx'],
  hash: ['always', 'nx'],
  list: ['always', 'xx'],
  'sorted-set': ['always', 'nx', 'xx', 'gt', 'lt'],
  stream: ['always', 'xx'],
};

/** A field of a hash or stream, and the property of the value that it is taken from. */
export interface FieldMapping {
  readonly field: string;
  readonly property: string;
}

export interface SinkSettings {
  readonly structure: Structure;
  readonly format: WrittenAs;
  /** For the old value of a string, which is the result. */
  readonly resultFormat: ReadAs;
  readonly condition: Condition;
  /** Of a list: where items are pushed. */
  readonly end: 'left' | 'right';
  /** Of a list or stream: how many items it keeps. */
  readonly maxLength: number | undefined;
  /** Of a stream: exactly so many, rather than about so many, which costs the server less. */
  readonly trimExact: boolean;
  /** Of a string: without a new expiry, the old one is kept. */
  readonly keepTtl: boolean;
  /** Of a string: the result is the old value. */
  readonly returnsOld: boolean;
  /** Of a counter. */
  readonly direction: 'increase' | 'decrease';
  /** Whether the amount of a counter is 1 because the node has none. */
  readonly byOne: boolean;
  /** Of delete: UNLINK, which frees the memory in the background, rather than DEL. */
  readonly unlink: boolean;
  /** Of a hash or stream: all properties of the value if empty. */
  readonly fields: readonly FieldMapping[];
  /** What becomes of an array: one value, or a command for each of its elements, sent together. */
  readonly arrays: 'one' | 'pipeline' | 'transaction';
  /** The profile's if undefined. */
  readonly resend: ResendPolicy | undefined;
}

export const readers = new CheckedReaders('REDIS_INVALID_SETTINGS', 'node', 'pool-redis-sink');

/** @throws PoolError `REDIS_INVALID_SETTINGS`, naming the field */
export function readSinkSettings(settings: Settings): SinkSettings {
  const structure = readers.word(settings, 'structure', STRUCTURES) ?? 'string';
  const format = readers.word(settings, 'datatype', PAYLOAD_FORMATS) ?? 'string';
  const compression = readCompression(readers, settings);
  const decompression = { ...readDecompression(readers, settings), compression };
  const conditions = CONDITIONS[structure];
  const resend = readers.word(settings, 'resend', ['default', 'safe', 'always', 'never']) ?? 'default';
  return {
    structure,
    format: compression === 'none' ? format : { format, compression },
    resultFormat: compression === 'none' ? format : { format, decompression },
    condition: (conditions && readers.word(settings, 'condition', conditions)) ?? 'always',
    end: readers.word(settings, 'end', ['left', 'right']) ?? 'right',
    maxLength: readers.integer(settings, 'maxLength', 1, Number.MAX_SAFE_INTEGER),
    trimExact: readBoolean(settings, 'trimExact', false),
    keepTtl: readBoolean(settings, 'keepTtl', false),
    returnsOld: readBoolean(settings, 'returnOld', false),
    direction: readers.word(settings, 'direction', ['increase', 'decrease']) ?? 'increase',
    byOne: settings['value'] === '',
    unlink: readBoolean(settings, 'unlink', true),
    fields: readFields(settings),
    arrays: readers.word(settings, 'arrays', ['one', 'pipeline', 'transaction']) ?? 'one',
    resend: resend === 'default' ? undefined : resend,
  };
}

function readFields(settings: Settings): FieldMapping[] {
  const rows = settings['fields'];
  if (rows === undefined || rows === null || rows === '') return [];
  if (!Array.isArray(rows)) throw readers.invalid('fields', t`a list of fields and properties`);
  return rows.map((row: Settings | null) => {
    const field = readText(row ?? {}, 'field');
    const property = readText(row ?? {}, 'property') || field;
    if (field === '') throw readers.invalid('fields', t`a list of fields, each with a name`);
    return { field, property };
  });
}
