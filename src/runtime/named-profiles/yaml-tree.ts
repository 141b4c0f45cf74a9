/**
 * From the text of a profile file (YAML, and so JSON) to located values. Aliases and merge keys are resolved here,
 * within limits: a file can't grow to more than it is worth, whatever its aliases say.
 */
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { type Located, type Place, showPlace } from './located';
import { problem, type ProfileProblem } from './problem';
import { t } from '../../core/wording';

/** A profile file is text by hand; what is larger is something else. */
export const MAXIMUM_FILE_BYTES = 1024 * 1024;
const MAXIMUM_NODES = 50_000;
const MAXIMUM_DEPTH = 32;
/** More open brackets or list dashes in a row than this are not read at all: the parser would take seconds. */
const MAXIMUM_BRACKETS = 200;

export interface YamlTree {
  /** One for each document of the file that has content. */
  readonly roots: readonly Located[] | undefined;
  /** When the file can't be read, `roots` is undefined: half a file is not to be trusted. */
  readonly problems: readonly ProfileProblem[];
}

export function readYaml(text: string, file: string): YamlTree {
  if (isTooDeep(text)) return failed({ file }, t`is nested too deeply for a profile file`);
  const lines = new LineCounter();
  try {
    // Tabs between the tokens of JSON are no indentation; a tab inside a JSON string is not allowed anyway.
    const source = file.endsWith('.json') ? text.replaceAll('\t', ' ') : text;
    const parsed = parseAllDocuments(source, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
    const documents = Array.isArray(parsed) ? parsed : [];
    const error = documents.flatMap((document) => document.errors)[0];
    if (error) {
      const at = error.linePos?.[0];
      return failed(at ? { file, line: at.line, column: at.col } : { file }, t`can't be read: ${said(error.message)}`);
    }
    const readers = documents.map(() => new Reader(file, lines));
    const roots = documents.flatMap(({ contents }, index) => {
      const root = contents ? readers[index]?.read(contents, 0) : undefined;
      return root ? [root] : [];
    });
    const warnings = documents.flatMap((document) => document.warnings.map((one) => warned(file, one)));
    return { roots, problems: [...readers.flatMap((reader) => reader.problems), ...warnings] };
  } catch (thrown) {
    if (thrown instanceof TreeError) return failed(thrown.place, thrown.message);
    return failed({ file }, t`can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

class TreeError extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(message);
    this.place = place;
  }
}

class Reader {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, Node>();
  readonly problems: ProfileProblem[] = [];
  #nodes = 0;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  read(node: unknown, depth: number): Located {
    const place = this.#place(node);
    this.#nodes += 1;
    if (this.#nodes > MAXIMUM_NODES)
      throw new TreeError(place, t`has more than ${MAXIMUM_NODES} values, what its aliases repeat among them`);
    if (depth > MAXIMUM_DEPTH) throw new TreeError(place, t`is nested too deeply for a profile file`);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (!target) throw new TreeError(place, t`uses the alias "${node.source}" before it is defined`);
      return { ...this.read(target, depth + 1), place };
    }
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return { place, members: this.#members(node.items, depth) };
    if (isSeq(node)) return { place, items: node.items.map((item) => this.read(item, depth + 1)) };
    if (!isScalar(node)) return { place, scalar: null };
    const { value, source } = node;
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    // Such as `!!binary`: nothing that a property could be.
    if (!isPlain && value !== null) return { place };
    return { place, scalar: isPlain ? value : null, ...(source === undefined ? {} : { source }) };
  }

  #members(pairs: readonly unknown[], depth: number): ReadonlyMap<string, Located> {
    const own = new Map<string, Located>();
    const merged: Located[] = [];
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : undefined;
      const keyPlace = this.#place(pair.key);
      if (key === undefined) throw new TreeError(keyPlace, t`has a key that is not text`);
      const value = this.read(pair.value, depth + 1);
      if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        const bases = value.items ?? [value];
        if (bases.some(({ members }) => !members)) this.problems.push(notMerged(keyPlace));
        merged.push(...bases);
      } else {
        const first = own.get(key);
        if (first) this.problems.push(repeated(key, first.place, keyPlace));
        else own.set(key, pair.value === null ? { place: keyPlace, scalar: null } : { ...value, place: keyPlace });
      }
    }
    for (const base of merged) {
      for (const [key, value] of base.members ?? []) if (!own.has(key)) own.set(key, value);
    }
    return own;
  }

  #place(node: unknown): Place {
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    const offset: unknown = Array.isArray(range) ? range[0] : undefined;
    if (typeof offset !== 'number') return { file: this.#file };
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }
}

function isTooDeep(text: string): boolean {
  if (new RegExp(`(?:[-?:][ \\t]+){${MAXIMUM_BRACKETS}}`).test(text)) return true;
  // Tags and anchors in a row: the parser's time grows with the square of their number.
  if (new RegExp(`(?:[!&]\\S*\\s+){${MAXIMUM_BRACKETS}}`).test(text)) return true;
  let open = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === 0x5b || character === 0x7b) open += 1;
    else if ((character === 0x5d || character === 0x7d) && open > 0) open -= 1;
    if (open > MAXIMUM_BRACKETS) return true;
  }
  return false;
}

function failed(place: Place, text: string): YamlTree {
  return { roots: undefined, problems: [problem('PROFILE_FILE_SYNTAX', place, t`The file ${text}.`)] };
}

function warned(
  file: string,
  { message, linePos }: { message: string; linePos?: readonly { line: number; col: number }[] },
) {
  const at = linePos?.[0];
  const place = at ? { file, line: at.line, column: at.col } : { file };
  const text = t`The file has something unusual: ${said(message)}.`;
  return problem('PROFILE_FILE_SYNTAX', place, text, { severity: 'warning' });
}

function notMerged(place: Place): ProfileProblem {
  return problem('PROFILE_FILE_SYNTAX', place, t`What "<<" merges here is no map; it has no effect.`);
}

function repeated(key: string, first: Place, second: Place): ProfileProblem {
  const text = t`"${key}" stands here for the second time in one map; the first, ${showPlace(first)}, counts. Remove one.`;
  return problem('PROFILE_DUPLICATE_ID', second, text);
}

/** What the parser says, without its excerpts of the file, which may be secrets. */
function said(message: string): string {
  return (message.split(/ at line \d+|\n/)[0] ?? '').replaceAll(/"(?:[^"\\]|\\.)*"?/g, '…');
}
