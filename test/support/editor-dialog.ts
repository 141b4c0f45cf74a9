/** What the dialogs of the editor share, loaded without a browser: its parts, and the texts that its methods need. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { packageRoot } from './package-root';

const FOLDER = join(packageRoot, 'resources', 'dialogs');

type Methods = Record<string, (...parameters: unknown[]) => unknown>;

/** The names of the files, in the order in which they are loaded. */
export function dialogFiles(): string[] {
  const loader = readFileSync(join(FOLDER, 'load.js'), 'utf8');
  const list = /const FILES = \[([^\]]+)\]/.exec(loader)?.[1] ?? '';
  return [...list.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name);
}

function loadMethods(): Methods {
  const window: { EdgepoolDialog?: { prototype: Methods } } = {};
  for (const file of dialogFiles()) runInNewContext(readFileSync(join(FOLDER, `${file}.js`), 'utf8'), { window });
  assert.ok(window.EdgepoolDialog, 'no dialog');
  return window.EdgepoolDialog.prototype;
}

const methods = loadMethods();
const sources = new Map(
  Object.getOwnPropertyNames(methods)
    .filter((name) => name !== 'constructor')
    .map((name) => [name, String(methods[name])]),
);

/** The names of the methods that a script calls on a dialog. */
const callsIn = (script: string): string[] =>
  [...script.matchAll(/\b(?:this|dialog)\.(\w+)\(/g)].map(([, name = '']) => name).filter((name) => sources.has(name));

export interface EditorDialog {
  /** The html with its parts in it. */
  withParts(html: string): string;
  /** The keys of the texts that the methods need which a script calls, and those that these call. */
  keysOfMethods(script: string): string[];
}

export function editorDialog(type: string): EditorDialog {
  return {
    withParts: (html) => String(methods['withParts']?.call({ type }, html)),
    keysOfMethods: (script) => {
      const called = new Set<string>();
      const waiting = callsIn(script);
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        if (called.has(name)) continue;
        called.add(name);
        waiting.push(...callsIn(sources.get(name) ?? ''));
      }
      const bodies = [...called].map((name) => sources.get(name) ?? '');
      return bodies.flatMap((body) => [...body.matchAll(/'(\w+\.[\w.]+)'/g)].map(([, key = '']) => key));
    },
  };
}
