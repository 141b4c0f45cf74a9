/** One connection in the list: what one sees at a glance, and below it, when it is opened, the details. */
import type { LiveDetails } from '../../runtime/live/live-message.js';
import { element, icon, setAttribute, setHidden, setText, spoken } from '../dom.mjs';
import { text } from '../texts.mjs';
import { titleOf, toneOf } from './arrange.mjs';
import type { Connection } from './connections.mjs';
import { DetailsView } from './details-view.mjs';
import { profilesOf } from './labels.mjs';
import { Sparkline } from './sparkline.mjs';
import {
  ago,
  attemptOf,
  byteRate,
  messageRate,
  isQuiet,
  notesOf,
  placeOf,
  protocolOf,
  sinceOf,
  stateOf,
} from './words.mjs';

let made = 0;

export class RowView {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly #id = `edgepool-connection-${made++}`;
  readonly #title = element('span', { class: 'edgepool-title' });
  readonly #spokenState = spoken('');
  readonly #protocol = element('span', { class: 'edgepool-protocol' });
  readonly #address = element('span', { class: 'edgepool-address' });
  readonly #state = element('span', { class: 'edgepool-state' });
  readonly #since = element('span');
  readonly #attempt = element('span', { class: 'edgepool-attempt' });
  readonly #reason = element('div', { class: 'edgepool-reason' });
  readonly #notes = element('div', { class: 'edgepool-notes' });
  readonly #in = new Rate('fa-long-arrow-down', 'rate.in');
  readonly #out = new Rate('fa-long-arrow-up', 'rate.out');
  readonly #rates = element('div', { class: 'edgepool-rates', children: [this.#in.element, this.#out.element] });
  readonly #line = new Sparkline();
  #connection: Connection;
  #details: DetailsView | undefined;
  #visible = false;
  #stale = true;

  /** @param toggle called when the user opens or closes it */
  constructor(connection: Connection, toggle: () => void) {
    this.#connection = connection;
    this.button = element('button', {
      class: 'edgepool-toggle',
      attributes: { type: 'button', tabindex: '-1', 'aria-expanded': 'false', 'aria-describedby': `${this.#id}-state` },
      children: [icon('fa-angle-right'), element('span', { class: 'edgepool-sign' }), this.#title, this.#spokenState],
    });
    this.button.addEventListener('click', toggle);
    const line = (name: string, ...children: Node[]): HTMLElement => element('div', { class: name, children });
    const state = line('edgepool-line', this.#state, this.#since, this.#attempt);
    state.id = `${this.#id}-state`;
    const traffic = line('edgepool-traffic', this.#notes, this.#line.element, this.#rates);
    const where = line('edgepool-where', this.#protocol, this.#address);
    const head = line('edgepool-head', this.button, where, state, this.#reason, traffic);
    this.element = element('li', { class: 'edgepool-connection', children: [head] });
    this.#render(Date.now());
  }

  get connection(): Connection {
    return this.#connection;
  }

  get isOpen(): boolean {
    return this.#details !== undefined;
  }

  update(connection: Connection, now: number): void {
    this.#connection = connection;
    this.#stale = true;
    if (this.#visible) this.#render(now);
  }

  updateDetails(details: LiveDetails, now: number): void {
    const isFirst = this.#details?.isWaiting === true;
    this.#details?.show(details, now);
    if (isFirst) this.#bringIntoSight();
  }

  /** Only what can be seen is kept up to date. */
  setVisible(visible: boolean, now: number): void {
    this.#visible = visible;
    if (visible) this.#render(now);
  }

  /** What changes by the time alone. */
  tick(now: number): void {
    if (!this.#visible) return;
    this.#renderTimes(now);
    this.#details?.tick(now);
  }

  open(): void {
    this.#details ??= new DetailsView(this.#connection);
    this.#details.element.id = `${this.#id}-details`;
    this.element.append(this.#details.element);
    this.#showOpen();
    this.#bringIntoSight();
  }

  close(): void {
    this.#details?.element.remove();
    this.#details = undefined;
    this.#showOpen();
  }

  #bringIntoSight(): void {
    this.element.scrollIntoView({ block: 'nearest' });
  }

  #showOpen(): void {
    this.element.classList.toggle('edgepool-open', this.isOpen);
    setAttribute(this.button, 'aria-expanded', String(this.isOpen));
    setAttribute(this.button, 'aria-controls', this.isOpen ? `${this.#id}-details` : undefined);
  }

  #render(now: number): void {
    if (!this.#stale) return this.#renderTimes(now);
    this.#stale = false;
    const connection = this.#connection;
    const title = titleOf(connection);
    setAttribute(this.element, 'data-key', connection.key);
    setAttribute(this.element, 'data-state', connection.condition);
    setAttribute(this.element, 'data-tone', toneOf(connection));
    setText(this.#title, title);
    setAttribute(this.#title, 'title', profilesOf(connection) || title);
    setText(this.#spokenState, `, ${stateOf(connection)}`);
    setText(this.#protocol, protocolOf(connection));
    setText(this.#address, title === connection.address ? '' : placeOf(connection));
    setAttribute(this.#address, 'title', connection.address);
    setText(this.#state, stateOf(connection));
    setText(this.#notes, notesOf(connection).join(' · '));
    setAttribute(this.#notes, 'title', profilesOf(connection));
    this.#renderTraffic();
    this.#renderTimes(now);
    this.#details?.update(connection);
  }

  #renderTraffic(): void {
    const { rates, history } = this.#connection;
    this.#in.show(rates.messagesIn, rates.bytesIn);
    this.#out.show(rates.messagesOut, rates.bytesOut);
    setHidden(this.#rates, isQuiet(this.#connection));
    this.#line.draw(history);
  }

  #renderTimes(now: number): void {
    const connection = this.#connection;
    const attempt = attemptOf(connection, now);
    setText(this.#since, sinceOf(connection, now) + (attempt === '' ? '' : ' ·'));
    setText(this.#attempt, attempt);
    setText(this.#reason, reasonOf(connection, now));
    setHidden(this.#reason, this.#reason.textContent === '');
    this.#reason.classList.toggle('edgepool-mended', toneOf(connection) !== 'bad');
  }
}

/** Why it isn't connected, or what went wrong last. */
function reasonOf(connection: Connection, now: number): string {
  const { reason, lastError } = connection;
  if (reason) return reason.message;
  if (!lastError) return '';
  if (toneOf(connection) === 'bad') return lastError.message;
  return text('state.lastError', { when: ago(lastError.at, now), what: lastError.message });
}

class Rate {
  readonly element: HTMLElement;
  readonly #messages = element('span');
  readonly #bytes = element('span', { class: 'edgepool-bytes' });

  constructor(arrow: string, key: 'rate.in' | 'rate.out') {
    const said = text(key);
    this.element = element('span', {
      class: 'edgepool-rate',
      attributes: { title: said },
      children: [icon(arrow), spoken(`${said}: `), this.#messages, this.#bytes],
    });
  }

  show(messages: number, bytesPerSecond: number): void {
    setText(this.#messages, messageRate(messages));
    setText(this.#bytes, byteRate(bytesPerSecond));
  }
}
