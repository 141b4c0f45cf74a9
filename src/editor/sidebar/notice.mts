/** What there is to say when the list isn't the answer: nothing there yet, not permitted, Node-RED gone. */
import { element, icon } from '../dom.mjs';
import { text } from '../texts.mjs';
import type { FeedState } from './feed.mjs';

interface Part {
  readonly sign: string;
  readonly title: string;
  readonly words: string;
  readonly button?: { readonly label: string; press(): void };
}

/** In the place of the list. */
export class Notice {
  readonly element = element('div', { class: 'edgepool-notice' });
  readonly #retry: () => void;
  #shown = '';

  constructor(retry: () => void) {
    this.#retry = retry;
    this.element.hidden = true;
  }

  /** @param known whether there are connections to show */
  show(state: FeedState, known: boolean): void {
    const part = known ? undefined : this.#part(state);
    const kind = part === undefined ? '' : part.sign + part.words;
    if (kind === this.#shown) return;
    this.#shown = kind;
    this.element.hidden = part === undefined;
    this.element.replaceChildren(...(part ? partsOf(part) : []));
  }

  #part(state: FeedState): Part | undefined {
    switch (state.kind) {
      case 'stopped':
        return undefined;
      case 'starting':
        return { sign: 'fa-spinner fa-spin', title: '', words: text('notice.starting') };
      case 'lost':
        return { sign: 'fa-chain-broken', title: text('notice.lost.title'), words: text('notice.lost.words') };
      case 'failed': {
        if (state.forbidden) {
          return { sign: 'fa-lock', title: text('notice.forbidden.title'), words: text('notice.forbidden.words') };
        }
        const button = { label: text('notice.failed.retry'), press: this.#retry };
        return { sign: 'fa-exclamation-triangle', title: text('notice.failed.title'), words: state.message, button };
      }
      case 'live': {
        const press = (): void => RED.actions.invoke('core:show-examples-import-dialog');
        const button = { label: text('notice.empty.examples'), press };
        return { sign: 'fa-plug', title: text('notice.empty.title'), words: text('notice.empty.words'), button };
      }
    }
  }
}

function partsOf({ sign, title, words, button }: Part): readonly HTMLElement[] {
  const made: HTMLElement[] = [icon(sign)];
  if (title !== '') made.push(element('h3', { text: title }));
  made.push(element('p', { text: words }));
  if (button) {
    const pressed = element('button', { class: 'red-ui-button', text: button.label, attributes: { type: 'button' } });
    pressed.addEventListener('click', () => button.press());
    made.push(pressed);
  }
  return made;
}
