/** What of the editor's global `RED` this package uses; Node-RED has no types for it. Present in 4.0 to 5.0. */

export interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
}

export interface SidebarTab {
  readonly id: string;
  readonly label: string;
  /** The heading in Node-RED 5, and the entry in the menu. */
  readonly name: string;
  readonly content: HTMLElement;
  readonly iconClass: string;
  /** Usable while a dialog is open. */
  readonly enableOnEdit?: boolean;
  /** Shown with its shortcut in the tooltip. */
  readonly action?: string;
}

export interface EditorRed {
  _(key: string, options?: { readonly skipInterpolation?: boolean }): string;
  readonly i18n: { lang(): string };
  readonly actions: {
    add(name: string, handler: () => void, options?: { readonly label?: string }): void;
  };
  readonly comms: {
    on(event: 'connect', listener: () => void): void;
    send(topic: string, data: unknown): void;
    subscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
  };
  readonly editor: {
    edit(node: EditorNode): void;
    editConfig(property: string, type: string, id: string): void;
  };
  readonly events: {
    on(event: string, listener: (...values: unknown[]) => void): void;
  };
  readonly nodes: {
    node(id: string): EditorNode | null | undefined;
    subflow(id: string): EditorNode | null | undefined;
    workspace(id: string): EditorNode | null | undefined;
  };
  readonly settings: {
    get(key: string, ifAbsent?: unknown): unknown;
  };
  readonly sidebar: {
    addTab(tab: SidebarTab): void;
    removeTab(id: string): void;
    containsTab(id: string): boolean;
    show(id: string): void;
  };
  readonly user: {
    hasPermission(permission: string): boolean;
  };
  readonly view: {
    reveal(id: string, flash?: boolean): void;
  };
  readonly workspaces: {
    show(id: string): void;
  };
}

declare global {
  const RED: EditorRed;
}
