/** Tells a screen reader of changes of state, and of nothing else: rates would never let it come to an end. */
import { element, setText } from '../dom.mjs';
import { counted, text } from '../texts.mjs';
import { titleOf } from './arrange.mjs';
import type { StateChange } from './connections.mjs';
import { stateOf } from './words.mjs';

/** More changes at once are told as their number. */
const TOLD_ONE_BY_ONE = 3;

export class Announcer {
  readonly element = element('div', {
    class: 'edgepool-spoken',
    attributes: { role: 'status', 'aria-live': 'polite' },
  });

  tell(changes: readonly StateChange[]): void {
    if (changes.length === 0) return;
    if (changes.length > TOLD_ONE_BY_ONE) return this.say(counted('list.changes', changes.length));
    this.say(changes.map(({ connection }) => this.#sentence(connection)).join(' '));
  }

  say(words: string): void {
    setText(this.element, words);
  }

  #sentence(connection: StateChange['connection']): string {
    const reason = connection.reason ? ` ${connection.reason.message}` : '';
    return text('list.change', { name: titleOf(connection), state: stateOf(connection) }) + reason;
  }
}
