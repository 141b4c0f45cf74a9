/**
 * Compressed payloads: gzip, deflate, brotli, and zstd where this Node.js has it. All at once rather than in the background, so
 * that messages keep their order and are acknowledged as before; a limit keeps a decompression bomb from taking the memory.
 */
import * as zlib from 'node:zlib';
import { PoolError } from '../core/errors';
import type { CheckedReaders, Settings } from './settings-readers';
import { isWholeZstd } from './zstd-frames';
import { t } from '../core/wording';

export const COMPRESSIONS = ['none', 'gzip', 'deflate', 'brotli', 'zstd'] as const;

/** `deflate` is written with the header of zlib, and read with it or without. */
export type Compression = (typeof COMPRESSIONS)[number];

/** How a source undoes compression. */
export interface Decompression {
  readonly compression: Compression;
  /** More bytes than this are an error, not a payload. */
  readonly maxBytes: number;
}

interface Limit {
  readonly maxOutputLength: number;
}

interface Zstd {
  readonly zstdCompressSync?: (bytes: Buffer) => Buffer;
  readonly zstdDecompressSync?: (bytes: Buffer, limit: Limit) => Buffer;
}

/** Node.js has zstd from 22.15 on; the types are those of Node.js 20. */
const { zstdCompressSync, zstdDecompressSync } = zlib as unknown as Zstd;

const COMPRESS: Readonly<Record<Compression, ((bytes: Buffer) => Buffer) | undefined>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => zlib.gzipSync(bytes),
  deflate: (bytes) => zlib.deflateSync(bytes),
  // The highest quality is the default, and a hundred times slower than this one for little gain.
  brotli: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } }),
  zstd: zstdCompressSync,
};

const DECOMPRESS: Readonly<Record<Compression, ((bytes: Buffer, limit: Limit) => Buffer) | undefined>> = {
  none: (bytes) => bytes,
  gzip: (bytes, limit) => zlib.gunzipSync(bytes, limit),
  deflate: inflate,
  brotli: (bytes, limit) => zlib.brotliDecompressSync(bytes, limit),
  zstd: zstdDecompressSync && ((bytes, limit) => unzstd(zstdDecompressSync, bytes, limit)),
};

/** Whether this Node.js can do it. */
export function canCompress(compression: Compression): boolean {
  return COMPRESS[compression] !== undefined;
}

/**
 * The compressed bytes; an empty payload stays empty, since that is how a retained message is cleared.
 *
 * @throws PoolError `COMPRESSION_NOT_AVAILABLE`
 */
export function compress(payload: string | Buffer, compression: Compression): string | Buffer {
  if (compression === 'none' || payload.length === 0) return payload;
  const work = COMPRESS[compression];
  if (!work) throw notAvailable(compression);
  return work(typeof payload === 'string' ? Buffer.from(payload) : payload);
}

/**
 * The bytes that were compressed; nothing stays nothing.
 *
 * @throws PoolError `PAYLOAD_TOO_LARGE` beyond the limit, `INVALID_COMPRESSION` for bytes that aren't compressed this way,
 *   damaged or cut short, `COMPRESSION_NOT_AVAILABLE`
 */
export function decompress(bytes: Buffer, { compression, maxBytes }: Decompression): Buffer {
  if (compression === 'none' || bytes.length === 0) return bytes;
  const work = DECOMPRESS[compression];
  if (!work) throw notAvailable(compression);
  try {
    return work(bytes, { maxOutputLength: maxBytes });
  } catch (cause) {
    if (isTooLarge(cause)) {
      const message = t`The payload is larger than ${maxBytes} bytes when decompressed; raise the limit of the node, or send less.`;
      throw new PoolError('PAYLOAD_TOO_LARGE', message);
    }
    const message = t`The payload can't be decompressed as ${compression}: it is damaged, cut short or compressed in another way.`;
    throw new PoolError('INVALID_COMPRESSION', message, { cause });
  }
}

function unzstd(work: (bytes: Buffer, limit: Limit) => Buffer, bytes: Buffer, limit: Limit): Buffer {
  if (!isWholeZstd(bytes)) throw new Error('The frames of zstd are not whole.');
  return work(bytes, limit);
}

/** What is called deflate comes with the header of zlib (RFC 1950) or without (RFC 1951); both may begin alike. */
function inflate(bytes: Buffer, limit: Limit): Buffer {
  const hasHeader = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0;
  if (!hasHeader) return zlib.inflateRawSync(bytes, limit);
  try {
    return zlib.inflateSync(bytes, limit);
  } catch (thrown) {
    if (isTooLarge(thrown)) throw thrown;
    return zlib.inflateRawSync(bytes, limit);
  }
}

const MEBIBYTE = 1024 * 1024;
const DEFAULT_MEGABYTES = 16;
/** Node.js itself takes no more in one piece. */
const MAXIMUM_MEGABYTES = 2047;

/** The setting `compression` of a sink. @throws PoolError with the code of the readers */
export function readCompression(readers: CheckedReaders, settings: Settings, field = 'compression'): Compression {
  const compression = readers.word(settings, field, COMPRESSIONS) ?? 'none';
  if (canCompress(compression)) return compression;
  throw readers.invalid(field, t`another one: ${notAvailable(compression).message}`);
}

/** The settings `decompression` and `maxDecompressedMegabytes` of a source. @throws PoolError with the code of the readers */
export function readDecompression(readers: CheckedReaders, settings: Settings): Decompression {
  const megabytes = readers.number(settings, 'maxDecompressedMegabytes', 0.001, MAXIMUM_MEGABYTES) ?? DEFAULT_MEGABYTES;
  const compression = readCompression(readers, settings, 'decompression');
  return { compression, maxBytes: Math.floor(megabytes * MEBIBYTE) };
}

function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_BUFFER_TOO_LARGE';
}

function notAvailable(compression: Compression): PoolError {
  const message = t`This Node.js (${process.version}) has no ${compression}; zstd needs 22.15 or later.`;
  return new PoolError('COMPRESSION_NOT_AVAILABLE', message);
}
