/** The slot of a key in a Redis cluster: CRC-16 (XMODEM) of the key, modulo the number of slots. */
export const SLOTS = 16_384;

/** @param key ASCII without a hash tag */
export function slotOf(key: string): number {
  let crc = 0;
  for (let index = 0; index < key.length; index += 1) {
    crc ^= key.charCodeAt(index) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc % SLOTS;
}
