/**
 * The failed tests once more, for the end of a long output: often its last lines are all that is kept of a run, and a
 * count alone tells nobody what to mend.
 */
import { existsSync, readFileSync } from 'node:fs';

const maxFailures = 30;
const maxMessageLines = 9;
const maxPlaces = 3;
const maxLineLength = 300;

/**
 * @typedef {{ title: string, file: string, message: string, places: string[] }} Failure a failed test, or a step that is
 * no test: a title alone, the rest is empty
 */

/**
 * Reads what reporter.cjs wrote.
 * @param {string} file with one failure a line; it is absent when nothing failed
 * @returns {Failure[]}
 */
export function readFailures(file) {
  if (!existsSync(file)) return [];
  // The last line is cut off when the process was killed while it wrote it.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/**
 * @param {Failure[]} failures
 * @returns {string[]} lines; at most 30 failures, and of each at most 12 lines of its error
 */
export function describeFailures(failures) {
  const lines = failures.slice(0, maxFailures).flatMap((failure, at) => ['', ...describe(failure, at + 1)]);
  const more = failures.length - maxFailures;
  return more > 0 ? [...lines, '', `and ${more} more`] : lines;
}

function describe({ title, file, message, places }, number) {
  const error = message.split('\n').filter((line) => line.trim() !== '');
  const cut = error.length > maxMessageLines ? [...error.slice(0, maxMessageLines - 1), '…'] : error;
  const where = places.slice(0, maxPlaces).map((line) => `  ${line.trim()}`);
  const details = [...(file === '' ? [] : [file]), ...cut, ...where];
  return [`${number}) ${title}`, ...details.map((line) => `   ${line}`)].map(shorten);
}

function shorten(line) {
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength - 1)}…` : line;
}
