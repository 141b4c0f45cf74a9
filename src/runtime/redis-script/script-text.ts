/**
 * The script as the server gets it: the names that the node gives to keys and arguments become local variables, in front
 * of the first line, so that the lines of an error stay those of the editor.
 */
import { createHash } from 'node:crypto';
import { PoolError } from '../../core/errors';
import { t } from '../../core/wording';

/** A script, and the SHA-1 by which the server knows it. */
export interface ScriptText {
  readonly text: string;
  readonly sha1: string;
}

/** Words that Lua keeps for itself, and those that a script needs. */
const TAKEN: ReadonlySet<string> = new Set(
  `and break do else elseif end false for function goto if in local nil not or repeat return then true until while
  KEYS ARGV redis server`.split(/\s+/),
);

/** Lua has room for 200 local variables, some of which are the script's own. */
const MAX_NAMES = 150;

/**
 * @param keys names in the order of KEYS: empty for none; `...name`, as the last one, for a table of all that are left
 * @param args the same for ARGV
 * @throws PoolError `REDIS_INVALID_SCRIPT` for an empty script, or names that are none
 */
export function composeScript(script: string, keys: readonly string[], args: readonly string[]): ScriptText {
  if (script.trim() === '') throw invalid(t`There is no script: enter one in the node.`);
  checkNames([...keys, ...args]);
  const prefix = `${locals('KEYS', keys)}${locals('ARGV', args)}`;
  // `#!lua flags=no-writes` must stay the first line.
  const shebang = /^#!.*(\r?\n|$)/.exec(script)?.[0] ?? '';
  const text = `${shebang}${prefix}${script.slice(shebang.length)}`;
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** Whether a name stands for all values that are left. */
export function isRest(name: string): boolean {
  return name.startsWith('...');
}

function locals(table: 'KEYS' | 'ARGV', names: readonly string[]): string {
  return names
    .map((name, index) => {
      if (name === '') return '';
      if (!isRest(name)) return `local ${name} = ${table}[${index + 1}] `;
      const rest = name.slice(3);
      return `local ${rest} = {} for i = ${index + 1}, #${table} do ${rest}[#${rest} + 1] = ${table}[i] end `;
    })
    .join('');
}

function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const word = isRest(name) ? name.slice(3) : name;
    if (name === '') continue;
    if (!/^[A-Za-z_]\w*$/.test(word) || TAKEN.has(word)) {
      throw invalid(
        t`"${name}" can't be the name of a key or argument: use letters, digits and _, and no word of Lua.`,
      );
    }
    if (seen.has(word)) throw invalid(t`Two keys or arguments are called "${word}"; give each a name of its own.`);
    seen.add(word);
  }
  if (seen.size > MAX_NAMES) {
    throw invalid(t`${seen.size} names are too many, ${MAX_NAMES} can be given; use KEYS and ARGV for the others.`);
  }
}

function invalid(message: string): PoolError {
  return new PoolError('REDIS_INVALID_SCRIPT', message);
}
