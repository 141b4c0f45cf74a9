/** What of the editor's global `RED` this package uses; Node-RED has no types for it. Present in 4.0 to 5.0. */

export interface EditorNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  /** Of nodes; flows have none. */
  readonly _def?: { readonly category?: string };
  readonly [property: string]: unknown;
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

export interface NotifyOptions {
  readonly type?: 'warning' | 'error' | 'success';
  readonly id?: string;
  readonly fixed?: boolean;
  readonly buttons?: readonly { readonly text: string; readonly class?: string; readonly click: () => void }[];
}

export interface EditorNotification {
  close(): void;
}

export interface EditorRed {
  _(key: string, options?: { readonly skipInterpolation?: boolean }): string;
  readonly i18n: { lang(): string };
  readonly actions: {
    invoke(name: string): void;
    add(name: string, handler: () => void, options?: { readonly label?: string }): void;
  };
  readonly comms: {
    on(event: 'connect', listener: () => void): void;
    send(topic: string, data: unknown): void;
    subscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
  };
  readonly editor: {
    editConfig(property: string, type: string, id: string): void;
  };
  readonly events: {
    on(event: string, listener: (...values: unknown[]) => void): void;
  };
  readonly nodes: {
    getType(type: string): { readonly color?: string; readonly paletteLabel?: unknown } | null | undefined;
    node(id: string): EditorNode | null | undefined;
    eachNode(callback: (node: EditorNode) => void): void;
    workspace(id: string): EditorNode | null | undefined;
  };
  readonly settings: {
    /** Where the admin API is, when it isn't where the page is. */
    readonly apiRootUrl?: string;
    get(key: string, ifAbsent?: unknown): unknown;
  };
  readonly sidebar: {
    addTab(tab: SidebarTab): void;
    show(id: string): void;
  };
  /** `message` as an element, for a text would be html. The same `id` replaces what is shown. */
  notify(message: HTMLElement, options: NotifyOptions): EditorNotification;
  readonly utils: { getNodeLabel(node: EditorNode, ifNone?: string): string };
  readonly user: {
    hasPermission(permission: string): boolean;
  };
  readonly view: {
    reveal(id: string): void;
  };
}

declare global {
  const RED: EditorRed;
}
