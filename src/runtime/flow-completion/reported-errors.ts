/**
 * Hears what a node reports by `node.error(text, msg)`: the only way of Function nodes and those of an old style to tell of
 * an error and go on, and no hook tells of it. The listening stays with the node, and costs nothing while nobody follows.
 */

export interface ReportingNode {
  error(text: unknown, message?: unknown): void;
}

export class ReportedErrors {
  readonly #heard = new WeakSet<object>();
  readonly #reported: (message: object) => void;

  /** @param reported told the message of each error */
  constructor(reported: (message: object) => void) {
    this.#reported = reported;
  }

  /** Listens to a node; a second time does nothing. */
  hear(node: ReportingNode): void {
    if (this.#heard.has(node)) return;
    this.#heard.add(node);
    const report = node.error.bind(node);
    node.error = (text, message) => {
      if (typeof message === 'object' && message !== null) this.#reported(message);
      report(text, message);
    };
  }
}
