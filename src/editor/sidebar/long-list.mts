/** A list that may be long: the first items at once, the others when the user asks for them. */
import { element } from '../dom.mjs';
import { counted } from '../texts.mjs';

const STEP = 200;

export class LongList<Item> {
  readonly element = element('div');
  readonly #list = element('ul', { class: 'edgepool-items' });
  readonly #more = element('button', { class: 'edgepool-link edgepool-more', attributes: { type: 'button' } });
  readonly #make: (item: Item) => HTMLElement;
  #items: readonly Item[] = [];
  #shown = 0;

  constructor(make: (item: Item) => HTMLElement) {
    this.#make = make;
    this.element.append(this.#list, this.#more);
    this.#more.addEventListener('click', () => {
      const first = this.#shown;
      this.#show(this.#shown + STEP);
      const next = this.#list.children[first]?.querySelector('button');
      if (next instanceof HTMLElement) next.focus();
    });
  }

  /** As many are shown as before, at least the first. */
  fill(items: readonly Item[]): void {
    const wanted = Math.max(this.#shown, STEP);
    this.#list.replaceChildren();
    this.#items = items;
    this.#shown = 0;
    this.#show(wanted);
  }

  #show(count: number): void {
    const next = this.#items.slice(this.#shown, count);
    this.#list.append(...next.map((item) => element('li', { children: [this.#make(item)] })));
    this.#shown += next.length;
    const rest = this.#items.length - this.#shown;
    this.#more.hidden = rest === 0;
    if (rest > 0) this.#more.textContent = counted('details.more', rest);
  }
}
