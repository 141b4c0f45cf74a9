/** Undoes the compression of an answer's body, never beyond a limit: a decompression bomb is an error, not the end. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import { PoolError } from '../../core/errors';
import { codeOf } from './http-error';
import { t } from '../../core/wording';

type Decode = (body: Buffer, options: ZlibOptions) => Promise<Buffer>;

const unzip: Decode = promisify(gunzip);
const unbrotli: Decode = (body, { maxOutputLength = 0 }) => promisify(brotliDecompress)(body, { maxOutputLength });
// What is called deflate comes with or without the header of zlib (RFC 9110, 8.4.1.2).
const undeflate: Decode = (body, options) =>
  ((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate)(body, options) : promisify(inflateRaw)(body, options);

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: unzip,
  'x-gzip': unzip,
  deflate: undeflate,
  br: unbrotli,
};

/** What the driver asks for unless a request brings its own. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';
/** More layers than this nobody means well with. */
const MAX_LAYERS = 3;

/**
 * The body without its compression; undefined if it has none that is known here.
 *
 * @throws PoolError `HTTP_BODY_TOO_LARGE`, `HTTP_BAD_RESPONSE`
 */
export async function decodeBody(
  body: Buffer,
  encoding: string | string[] | undefined,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const layers = String(encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((layer) => layer.trim())
    .filter((layer) => layer !== '' && layer !== 'identity');
  if (layers.length === 0 || body.length === 0) return undefined;
  const decoders = layers.map((layer) => (Object.hasOwn(DECODERS, layer) ? DECODERS[layer] : undefined));
  if (layers.length > MAX_LAYERS || decoders.includes(undefined)) return undefined;
  let decoded = body;
  for (const decode of decoders.reverse()) {
    if (decode) decoded = await decodeLayer(decode, decoded, maxBytes);
  }
  return decoded;
}

async function decodeLayer(decode: Decode, body: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    // zlib knows no limit of 0.
    return await decode(body, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (thrown) {
    if (codeOf(thrown) === 'ERR_BUFFER_TOO_LARGE') {
      const message = t`The answer is larger than ${maxBytes} bytes when decompressed; raise the limit of the profile or ask for less.`;
      throw new PoolError('HTTP_BODY_TOO_LARGE', message);
    }
    throw new PoolError('HTTP_BAD_RESPONSE', t`The compressed body of the answer is damaged or cut short.`, {
      cause: thrown,
    });
  }
}
