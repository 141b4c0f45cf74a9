/** Above the list: how it is on the whole, and, when there are many connections, search and order. */
import { element, icon, setHidden, setText } from '../dom.mjs';
import { counted, text } from '../texts.mjs';
import { type Order, ORDERS, toneOf } from './arrange.mjs';
import type { Connection } from './connections.mjs';

/** With fewer connections one sees them all. */
const MANY = 5;
const REMEMBERED = 'edgepool-sidebar-order';

export class Header {
  readonly element: HTMLElement;
  readonly #search = element('input', {
    attributes: { type: 'search', 'aria-label': text('header.search'), placeholder: text('header.search') },
  });
  readonly #order = element('select', {
    attributes: { 'aria-label': text('header.order'), title: text('header.order') },
  });
  readonly #tools: HTMLElement;
  readonly #sum = element('span');
  readonly #bad = element('span', { class: 'edgepool-badge' });
  readonly #found = element('span');

  /**
   * @param changed called when the user wishes to see others, or in another order
   * @param toList called when the user wishes to go on to the list
   */
  constructor(changed: () => void, toList: () => void) {
    for (const order of ORDERS) {
      this.#order.append(element('option', { text: text(`order.${order}`), attributes: { value: order } }));
    }
    this.#order.value = remembered();
    this.#order.addEventListener('change', () => {
      remember(this.order);
      changed();
    });
    this.#search.addEventListener('input', changed);
    this.#search.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      toList();
    });
    const search = element('label', { class: 'edgepool-search', children: [icon('fa-search'), this.#search] });
    const order = element('label', { class: 'edgepool-order', children: [icon('fa-sort-amount-asc'), this.#order] });
    this.#tools = element('div', { class: 'edgepool-tools', children: [search, order] });
    const sum = element('div', { class: 'edgepool-sum', children: [this.#sum, this.#bad, this.#found] });
    this.element = element('div', { class: 'edgepool-header', children: [this.#tools, sum] });
  }

  get search(): string {
    return this.#tools.hidden ? '' : this.#search.value;
  }

  get order(): Order {
    return this.#tools.hidden ? 'problems' : (ORDERS.find((one) => one === this.#order.value) ?? 'problems');
  }

  /** @param shown how many the search has left */
  show(connections: readonly Connection[], shown: number): void {
    const bad = connections.filter((connection) => toneOf(connection) === 'bad').length;
    const nodes = connections.reduce((sum, connection) => sum + connection.nodes, 0);
    setHidden(this.element, connections.length === 0);
    setHidden(this.#tools, connections.length < MANY && this.#search.value === '');
    setText(
      this.#sum,
      text('header.sum', {
        nodes: counted('note.nodes', nodes),
        connections: counted('header.connections', connections.length),
      }),
    );
    setHidden(this.#bad, bad === 0);
    setText(this.#bad, counted('header.bad', bad));
    setHidden(this.#found, shown === connections.length);
    setText(this.#found, counted('header.found', shown));
  }
}

function remembered(): Order {
  try {
    return ORDERS.find((order) => order === localStorage.getItem(REMEMBERED)) ?? 'problems';
  } catch {
    return 'problems';
  }
}

/** For as long as the browser likes. */
function remember(order: Order): void {
  try {
    localStorage.setItem(REMEMBERED, order);
  } catch {
    // It is only a convenience.
  }
}
