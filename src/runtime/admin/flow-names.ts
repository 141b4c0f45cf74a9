/** How people know the nodes and flows of this runtime: by the names in the editor. */
import type { AdminRuntime } from './route';

/** A node, and its flow. */
export interface NodeView {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  readonly flow?: { readonly id: string; readonly label?: string };
}

/** What is needed of a node's entry in the flows. */
interface FlowEntry {
  readonly type: string;
  readonly name?: unknown;
  readonly label?: unknown;
}

interface Described {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  /** The id of the tab, or of the instance of a subflow, the node is on. */
  readonly flow?: string;
}

export class FlowNames {
  readonly #nodes: AdminRuntime['nodes'];
  readonly #entries = new Map<string, FlowEntry>();

  /** As they are deployed now. */
  constructor({ nodes }: Pick<AdminRuntime, 'nodes'>) {
    this.#nodes = nodes;
    nodes.eachNode((node) => this.#entries.set(node.id, node));
  }

  describe({ id, type, name, flow }: Described): NodeView {
    const label = flow === undefined ? undefined : this.#label(flow);
    return {
      id,
      type,
      ...(name ? { name } : {}),
      ...(flow === undefined ? {} : { flow: { id: flow, ...(label ? { label } : {}) } }),
    };
  }

  /** A config node by its id; undefined when there is none. That of a subflow's instance exists at run time only. */
  node(id: string): NodeView | undefined {
    const entry = this.#entries.get(id) ?? (this.#nodes.getNode(id) as FlowEntry | null);
    if (!entry) return undefined;
    const name = textOf(entry.name);
    return { id, type: entry.type, ...(name ? { name } : {}) };
  }

  /** Of a tab; of a subflow's instance its name, or the name of the subflow. */
  #label(id: string): string | undefined {
    const entry = this.#entries.get(id);
    const [, subflow] = /^subflow:(.+)$/.exec(entry?.type ?? '') ?? [];
    return (
      textOf(entry?.label) ??
      textOf(entry?.name) ??
      (subflow === undefined ? undefined : textOf(this.#entries.get(subflow)?.name))
    );
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
