/** Ids for messages of a source: as unique as Node-RED's own within a process and beyond, at a fraction of the cost. */
import { randomBytes } from 'node:crypto';

const PREFIX = randomBytes(6).toString('hex');
let count = 0;

/** A new `_msgid`. */
export function newMessageId(): string {
  count += 1;
  return PREFIX + count;
}
