/** What the dialogs of the editor share, and the types they register, loaded without a browser. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Context, createContext, runInContext } from 'node:vm';
import { packageRoot } from './package-root';

export const DIALOGS = join(packageRoot, 'resources', 'dialogs');
const NODES = join(packageRoot, 'nodes');

/** The one html that is not that of a node type. */
export const PLUGIN = 'connection-pool';

type Methods = Record<string, (...parameters: unknown[]) => unknown>;

/** A property of a node type, as the editor knows it. */
export interface EditorProperty {
  readonly value: unknown;
  readonly validate?: (this: object, value: unknown, opt: object) => unknown;
}

export interface EditorType {
  readonly category: string;
  readonly defaults: Readonly<Record<string, EditorProperty>>;
}

/** All node types that have a dialog. */
export const editorTypes: readonly string[] = readdirSync(NODES)
  .filter((name) => name.endsWith('.html'))
  .map((name) => basename(name, '.html'))
  .filter((name) => name !== PLUGIN);

/** The names of the shared files, in the order in which they are loaded. */
export function dialogFiles(): string[] {
  const loader = readFileSync(join(DIALOGS, 'load.js'), 'utf8');
  const list = /const FILES = \[([^\]]+)\]/.exec(loader)?.[1] ?? '';
  return [...list.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name);
}

/** A page without any element, in which texts are their keys. Environment variables and JSONata are always right. */
function emptyPage(): { readonly page: Context; readonly types: Map<string, EditorType> } {
  const types = new Map<string, EditorType>();
  const nothing = { length: 0, text: () => '' };
  const jQuery = Object.assign(() => nothing, {
    ajax: () => ({ state: () => 'rejected' }),
    isPlainObject: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });
  const RED = {
    _: (key: string) => key,
    nodes: {
      registerType: (type: string, definition: EditorType) => types.set(type, definition),
      getType: (type: string) => types.get(type),
      node: () => undefined,
    },
    validators: { typedInput: () => () => true },
  };
  const page = createContext({ $: jQuery, RED, URL });
  Object.assign(page, { window: page });
  return { page, types };
}

const loadShared = (page: Context): void => {
  for (const file of dialogFiles()) runInContext(readFileSync(join(DIALOGS, `${file}.js`), 'utf8'), page);
};

/**
 * The definition that the html of a type registers.
 * @param options.shared whether what the dialogs share can be loaded
 */
export function registeredType(type: string, { shared = true } = {}): EditorType {
  const { page, types } = emptyPage();
  if (shared) {
    loadShared(page);
    runInContext('window.edgepoolDialog = (type) => new window.EdgepoolDialog(type);', page);
  }
  const html = readFileSync(join(NODES, `${type}.html`), 'utf8');
  for (const [, script = ''] of html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)) {
    runInContext(script, page);
  }
  const definition = types.get(type);
  assert.ok(definition, `${type} isn't registered`);
  return definition;
}

function loadMethods(): Methods {
  const { page } = emptyPage();
  loadShared(page);
  return runInContext('window.EdgepoolDialog.prototype', page) as Methods;
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
      return bodies.flatMap((body) => [...body.matchAll(/(?<!shared\()'(\w+\.[\w.]+)'/g)].map(([, key = '']) => key));
    },
  };
}
