/**
 * The list of connections. It stays smooth with hundreds of them: a row is made once, only rows in sight are kept up to
 * date, and nothing changes places below the pointer.
 */
import type { LiveDetails } from '../../runtime/live/live-message.js';
import { element } from '../dom.mjs';
import { text } from '../texts.mjs';
import type { Connection } from './connections.mjs';
import { RowView } from './row-view.mjs';

/** Rows that are about to come into sight are made ready, too. */
const MARGIN = '200px 0px';

export class ListView {
  readonly element = element('ul', {
    class: 'edgepool-connections',
    attributes: { role: 'list', 'aria-label': text('list.label') },
  });
  readonly #rows = new Map<string, RowView>();
  readonly #toggled: () => void;
  readonly #now: () => number;
  readonly #sight: IntersectionObserver;
  readonly #open = new Set<string>();
  /** The row that the tab key leads to. */
  #current: RowView | undefined;

  /**
   * @param scroller what the list scrolls in
   * @param now the clock of the runtime
   * @param toggled called when the user has opened or closed a row
   */
  constructor(scroller: HTMLElement, now: () => number, toggled: () => void) {
    this.#now = now;
    this.#toggled = toggled;
    this.#sight = new IntersectionObserver((entries) => this.#seen(entries), { root: scroller, rootMargin: MARGIN });
    this.element.addEventListener('keydown', (event) => this.#press(event));
    this.element.addEventListener('focusin', (event) => {
      const row = this.#all.find(({ button }) => button === event.target);
      if (row) this.#makeCurrent(row);
    });
  }

  /** Of the opened rows, the one opened last at the end. */
  get openKeys(): readonly string[] {
    return [...this.#open];
  }

  /** Whether the user is about to do something in the list. */
  get isInUse(): boolean {
    return this.element.matches(':hover') || this.element.querySelector(':focus-visible') !== null;
  }

  /** Shows these and no others, in this order. */
  show(connections: readonly Connection[]): void {
    const now = this.#now();
    const wanted = new Set(connections.map(({ key }) => key));
    for (const [key, row] of this.#rows) if (!wanted.has(key)) this.#remove(key, row);
    const rows = connections.map((connection) => this.#rows.get(connection.key) ?? this.#add(connection));
    this.#order(rows);
    for (const row of rows) row.tick(now);
    if (this.#current === undefined || !this.#rows.has(this.#current.connection.key)) this.#makeCurrent(rows[0]);
  }

  update(connection: Connection): void {
    this.#rows.get(connection.key)?.update(connection, this.#now());
  }

  updateDetails(details: LiveDetails): void {
    this.#rows.get(details.key)?.updateDetails(details, this.#now());
  }

  tick(): void {
    const now = this.#now();
    for (const row of this.#rows.values()) row.tick(now);
  }

  open(key: string): void {
    const row = this.#rows.get(key);
    if (row) this.#toggle(row, true);
  }

  focus(): void {
    this.#current?.button.focus();
  }

  get #all(): readonly RowView[] {
    return [...this.#rows.values()];
  }

  #add(connection: Connection): RowView {
    const row = new RowView(connection, () => this.#toggle(row));
    this.#rows.set(connection.key, row);
    this.#sight.observe(row.element);
    return row;
  }

  #remove(key: string, row: RowView): void {
    this.#sight.unobserve(row.element);
    row.element.remove();
    this.#rows.delete(key);
    this.#open.delete(key);
  }

  #order(rows: readonly RowView[]): void {
    const focused = document.activeElement;
    let place = this.element.firstElementChild;
    for (const { element: wanted } of rows) {
      if (place !== wanted && place?.nextElementSibling === wanted) {
        // One row has gone further down: that it is put last now saves moving all that come before it.
        this.element.append(place);
        place = wanted;
      }
      if (place === wanted) place = place.nextElementSibling;
      else this.element.insertBefore(wanted, place);
    }
    const lost = focused instanceof HTMLElement && focused !== document.activeElement;
    if (lost && this.element.contains(focused)) focused.focus({ preventScroll: true });
  }

  #seen(entries: readonly IntersectionObserverEntry[]): void {
    const now = this.#now();
    const byElement = new Map(this.#all.map((row) => [row.element, row]));
    for (const { target, isIntersecting } of entries) {
      if (target instanceof HTMLElement) byElement.get(target)?.setVisible(isIntersecting, now);
    }
  }

  #toggle(row: RowView, open = !row.isOpen): void {
    if (open === row.isOpen) return;
    const { key } = row.connection;
    if (open) {
      row.open();
      this.#open.add(key);
    } else {
      row.close();
      this.#open.delete(key);
    }
    this.#makeCurrent(row);
    this.#toggled();
  }

  #makeCurrent(row: RowView | undefined): void {
    this.#current?.button.setAttribute('tabindex', '-1');
    this.#current = row;
    row?.button.setAttribute('tabindex', '0');
  }

  #press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { target } = event;
    const row = this.#all.find((one) => target instanceof Node && one.element.contains(target));
    if (!row) return;
    const isHead = target === row.button;
    if (!isHead && event.key !== 'Escape') return;
    const buttons = [...this.element.children].flatMap((item) => item.querySelector('button') ?? []);
    const index = buttons.indexOf(row.button);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => buttons[index + 1]?.focus(),
      ArrowUp: () => buttons[index - 1]?.focus(),
      Home: () => buttons[0]?.focus(),
      End: () => buttons.at(-1)?.focus(),
      ArrowRight: () => this.#toggle(row, true),
      ArrowLeft: () => this.#toggle(row, false),
      Escape: () => row.button.focus(),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  }
}
