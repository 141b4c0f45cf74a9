/** What the tests use of the editor's global `RED` in functions that run in the page: `declare const RED: EditorGlobal`. */

export interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly z?: string;
  readonly valid?: boolean;
  readonly status?: { readonly text?: string; readonly fill?: string; readonly shape?: string };
  readonly [property: string]: unknown;
}

export interface EditorGlobal {
  readonly nodes: {
    node(id: string): EditorNode | null | undefined;
    getType(type: string): { readonly defaults: object } | null;
    dirty(): boolean;
    eachNode(callback: (node: EditorNode) => void): void;
    eachConfig(callback: (node: EditorNode) => void): void;
    createCompleteNodeSet(options?: object): EditorNode[];
  };
  readonly editor: {
    edit(node: EditorNode): void;
    editConfig(property: string, type: string, id: string): void;
  };
  readonly view: {
    reveal(id: string): void;
    selection(): { readonly nodes?: readonly EditorNode[] };
  };
  readonly workspaces: { active(): string | number };
  readonly actions: { invoke(name: string, ...parameters: unknown[]): void };
}
