/** The slots of a Redis Cluster: every key belongs to one, every node has some of them. */
export const SLOTS = 16_384;

/** CRC16 as Redis Cluster computes it (XMODEM): the slot of all keys that have this tag in braces. */
export function slotOfTag(tag: string): number {
  let crc = 0;
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc % SLOTS;
}
