/** What a source carries from one poll to the next: a value of the last answer, for the path and headers of the next. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red';
import { PoolError } from '../../core/errors';
import { messageProperty } from '../message-property';
import type { HttpSourceSettings } from './http-source-settings';
import type { ResponseFields } from './response-message';
import { clause, t } from '../../core/wording';

export interface PollStateParts {
  readonly node: Node;
  readonly util: NodeAPI['util'];
}

type Evaluate = (message: NodeMessageInFlow) => Promise<unknown>;

export class PollState {
  readonly #initial: unknown;
  readonly #evaluate: Evaluate | undefined;
  #value: unknown;

  /** @throws PoolError `HTTP_INVALID_NODE` for an expression that can't be read */
  constructor(parts: PollStateParts, { stateType, state, initialState }: HttpSourceSettings) {
    this.#initial = initialState;
    this.#value = initialState;
    if (stateType === 'property') {
      const property = messageProperty(parts.util, state);
      this.#evaluate = (message) => Promise.resolve(property(message));
    } else if (stateType === 'jsonata') {
      this.#evaluate = jsonata(parts, state);
    }
  }

  /** A message with the state in `state`, for what is worked out before a poll. */
  with(message: object): NodeMessageInFlow {
    return { ...message, state: this.#value } as unknown as NodeMessageInFlow;
  }

  reset(): void {
    this.#value = this.#initial;
  }

  /**
   * Takes the state from an answer: of its last page, with `pages` for the payloads of all. An answer without it leaves it
   * as it was.
   *
   * @throws PoolError `HTTP_STATE`
   */
  async advance(pages: readonly ResponseFields[]): Promise<void> {
    if (!this.#evaluate) return;
    const message = this.with({ ...pages.at(-1), pages: pages.map(({ payload }) => payload) });
    const value = await this.#evaluate(message);
    if (value !== undefined && value !== null) this.#value = value;
  }
}

function jsonata({ node, util }: PollStateParts, text: string): Evaluate {
  let expression: ReturnType<typeof util.prepareJSONataExpression>;
  try {
    expression = util.prepareJSONataExpression(text, node);
  } catch (thrown) {
    throw new PoolError('HTTP_INVALID_NODE', t`The state is no JSONata that can be read: ${messageOf(thrown)}.`, {
      cause: thrown,
      kind: 'refused',
    });
  }
  return (message) =>
    new Promise((resolve, reject) => {
      util.evaluateJSONataExpression(expression, message, (error: Error | null, value: unknown) => {
        if (!error) return resolve(value);
        reject(
          new PoolError('HTTP_STATE', t`The state can't be taken from the answer: ${messageOf(error)}.`, {
            cause: error,
          }),
        );
      });
    });
}

/** JSONata throws plain objects with a message. */
function messageOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? clause(message) : String(thrown);
}
