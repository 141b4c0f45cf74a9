/** Texts from brokers and flows, which may be of any length, in a length for a sidebar. */

const MOST_CHARACTERS = 500;

export function clip(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
