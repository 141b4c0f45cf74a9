/** Whether zstd bytes (RFC 8878) are whole: Node.js decompresses what is cut short as far as it goes, and says nothing. */

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a5;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const RLE = 1;

/** Follows the frames and blocks by their lengths, without decompressing them; what is in them is zstd's to check. */
export function isWholeZstd(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length) {
    const end = frameEnd(bytes, at);
    if (end === undefined || end > bytes.length) return false;
    at = end;
  }
  return at > 0;
}

/** Where the frame ends; beyond the end of the bytes, or undefined, if it isn't whole. */
function frameEnd(bytes: Buffer, start: number): number | undefined {
  if (start + 5 > bytes.length) return undefined;
  const magic = bytes.readUInt32LE(start);
  if (magic >>> 4 === SKIPPABLE)
    return start + 8 > bytes.length ? undefined : start + 8 + bytes.readUInt32LE(start + 4);
  if (magic !== MAGIC) return undefined;
  const descriptor = bytes.readUInt8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSize = CONTENT_SIZE_BYTES[descriptor >> 6] || (isSingleSegment ? 1 : 0);
  const dictionaryId = DICTIONARY_ID_BYTES[descriptor & 0x03] ?? 0;
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryId + contentSize;
  for (;;) {
    if (at + 3 > bytes.length) return undefined;
    const header = bytes.readUIntLE(at, 3);
    at += 3 + (((header >> 1) & 0x03) === RLE ? 1 : header >> 3);
    if (header & 1) return at + (descriptor & 0x04 ? 4 : 0);
  }
}
