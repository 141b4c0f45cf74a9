/** What moving over uses of the editor beyond the rest of the tools: live nodes, history, dialogs. In 4.0 to 5.0. */
import type { EditorRed } from '../red.mjs';
import type { FlowNode } from './flow-json.mjs';

export interface TypeDefinition {
  readonly category?: string;
  readonly defaults: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly credentials?: Readonly<Record<string, { readonly type: string }>>;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly label?: unknown;
  readonly paletteLabel?: unknown;
  readonly _?: unknown;
}

/** A node as the editor holds it; for nodes of the flow, behind a proxy that notes changes. */
export interface LiveNode {
  id: string;
  type: string;
  z?: string;
  g?: string;
  _def: TypeDefinition;
  changed?: boolean;
  dirty?: boolean;
  users?: LiveNode[];
  credentials?: Record<string, unknown>;
  /** The node behind the proxy. */
  readonly __node__?: LiveNode;
  [property: string]: unknown;
}

export interface HistoryEvent {
  t: string;
  events?: HistoryEvent[];
  dirty?: boolean;
  callback?(event: HistoryEvent): void;
}

interface MoveOverRed {
  readonly editor: { validateNode(node: LiveNode): void };
  readonly events: { emit(event: string, node: LiveNode): void };
  readonly group: {
    getNodes(group: LiveNode, recursive: boolean): LiveNode[];
    markDirty(group: LiveNode): void;
  };
  readonly history: { push(event: HistoryEvent): void };
  readonly keyboard: { disable(): void; enable(): void };
  readonly menu: { addItem(menu: string, item: MenuItem | null): void };
  readonly nodes: {
    add(node: LiveNode): LiveNode;
    createCompleteNodeSet(options: { credentials: boolean }): FlowNode[];
    dirty(value?: boolean): boolean;
    eachConfig(callback: (node: LiveNode) => void): void;
    filterNodes(filter: { z: string }): LiveNode[];
    getType(type: string): TypeDefinition | null | undefined;
    group(id: string): LiveNode | undefined;
    id(): string;
    node(id: string): LiveNode | null;
    remove(id: string): void;
    subflow(id: string): { readonly name?: string } | null | undefined;
    updateConfigNodeUsers(node: LiveNode, options: { action: 'add' | 'remove'; emitEvent: boolean }): void;
    workspace(id: string): { readonly label?: string } | null | undefined;
  };
  notify(text: string, options: { type?: string; timeout?: number }): void;
  readonly settings: { theme(property: string): unknown };
  readonly sidebar: { readonly config: { refresh: (this: void) => void } };
  readonly utils: { getNodeLabel(node: LiveNode, standard: string): string };
  readonly view: {
    focus(): void;
    redraw(updateActive: boolean): void;
    select(selection: null): void;
    selection(): { readonly nodes?: readonly LiveNode[]; readonly flows?: readonly LiveNode[] };
  };
  readonly workspaces: { active(): string; isLocked(id: string): boolean; refresh: (this: void) => void };
}

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly onselect?: string;
  readonly options?: readonly MenuItem[];
}

export const editor: Pick<EditorRed, 'actions' | 'user'> & MoveOverRed = RED as EditorRed & MoveOverRed;

/** The jQuery of the editor, which brings its dialogs and signs in its requests. */
export interface EditorJQuery {
  (element: HTMLElement): { dialog(options: object | string): unknown };
  getJSON(url: string): PromiseLike<unknown>;
  ajax(request: { url: string; method: string; contentType: string; data: string }): PromiseLike<unknown>;
}

export const jQuery = (globalThis as unknown as { readonly jQuery: EditorJQuery }).jQuery;
