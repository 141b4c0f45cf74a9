/** Ids of stream entries, `milliseconds-sequence`, both unsigned 64-bit numbers. They are kept as text. */

/** Before every entry. */
export const FIRST_ID = '0-0';

const MAX_SEQUENCE = '18446744073709551615';

/** Whether a reader may begin there: an id, with or without its sequence. */
export function isEntryId(text: string): boolean {
  return /^\d{1,20}(-\d{1,20})?$/.test(text);
}

/** Less than, equal to or greater than 0 as `a` is before, the same as or after `b`. */
export function compareIds(a: string, b: string): number {
  const [millisA, sequenceA] = partsOf(a);
  const [millisB, sequenceB] = partsOf(b);
  return compareNumbers(millisA, millisB) || compareNumbers(sequenceA, sequenceB);
}

/** The smallest id after `id`: servers before 6.2 know no exclusive ranges. */
export function nextId(id: string): string {
  const [millis, sequence] = partsOf(id);
  return sequence === MAX_SEQUENCE ? `${BigInt(millis) + 1n}-0` : `${millis}-${BigInt(sequence) + 1n}`;
}

function partsOf(id: string): [millis: string, sequence: string] {
  const dash = id.indexOf('-');
  return dash < 0 ? [plain(id), '0'] : [plain(id.slice(0, dash)), plain(id.slice(dash + 1))];
}

/** Without leading zeros. */
function plain(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
