/**
 * The messages of one scan, as a sequence in Node-RED's sense: `msg.parts` counts them, and the last one says how many
 * there are. As nobody knows which element is the last before the scan is over, one is always held back.
 */
import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import type { Send, Util } from './operation';
import type { Target } from './target';

export interface SequenceParts {
  readonly util: Util;
  readonly target: Target;
  readonly send: Send;
  /** A message for each page instead of each element. */
  readonly batches: boolean;
}

export class ScanSequence {
  readonly #parts: SequenceParts;
  readonly #message: NodeMessageInFlow;
  readonly #id: string;
  #held: { readonly value: unknown } | undefined;
  #sent = 0;

  constructor(parts: SequenceParts, message: NodeMessageInFlow) {
    this.#parts = parts;
    this.#message = message;
    this.#id = parts.util.generateId();
  }

  /** @throws PoolError `INVALID_TARGET` */
  add(items: readonly unknown[]): void {
    if (!this.#parts.batches) for (const item of items) this.#next(item);
    else if (items.length > 0) this.#next(items);
  }

  /**
   * Ends the sequence, so that who joins it knows that it is whole.
   *
   * @throws PoolError `INVALID_TARGET`
   */
  end(): void {
    // Of nothing there is no element, but an empty batch.
    if (!this.#held && this.#parts.batches && this.#sent === 0) this.#held = { value: [] };
    if (this.#held) this.#send(this.#held.value, this.#sent + 1);
    this.#held = undefined;
  }

  /** Sends what is held back, as one of a sequence that has no end. */
  breakOff(): void {
    if (this.#held) this.#send(this.#held.value);
    this.#held = undefined;
  }

  #next(value: unknown): void {
    if (this.#held) this.#send(this.#held.value);
    this.#held = { value };
  }

  #send(value: unknown, count?: number): void {
    const message = this.#parts.util.cloneMessage(this.#message) as NodeMessage & Record<string, unknown>;
    const { parts } = message;
    message['parts'] = {
      id: this.#id,
      type: 'array',
      index: this.#sent,
      ...(count === undefined ? {} : { count }),
      // A sequence within another one, as Node-RED's own nodes write it.
      ...(parts === undefined ? {} : { parts }),
    };
    this.#sent += 1;
    this.#parts.target.put(message as NodeMessageInFlow, value);
    this.#parts.send(message);
  }
}
