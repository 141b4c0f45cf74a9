/** What a user may do with a connection, and what came of it, said in the row. */
import { element, icon, setHidden, setText } from '../dom.mjs';
import { formatNumber, text } from '../texts.mjs';
import { ask } from './api.mjs';
import type { Connection } from './connections.mjs';
import { copyText } from './copy-text.mjs';
import { serverOf } from './words.mjs';

type Mood = 'good' | 'busy' | 'bad';

interface TestAnswer {
  readonly ok: boolean;
  readonly millis: number;
  readonly error?: { readonly message: string };
  readonly details?: Readonly<Record<string, unknown>>;
}

const signs: Readonly<Record<Mood, string>> = { good: 'fa-check', busy: 'fa-spinner fa-spin', bad: 'fa-times' };

export class ActionBar {
  readonly element = element('div', { class: 'edgepool-actions' });
  readonly #buttons = element('div', { class: 'edgepool-buttons' });
  readonly #result = element('div', { class: 'edgepool-result', attributes: { role: 'status' } });
  readonly #pause: HTMLButtonElement;
  readonly #resume: HTMLButtonElement;
  readonly #reconnect: HTMLButtonElement;
  #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#reconnect = this.#button('reconnect', 'fa-refresh', () => this.#act('reconnect'));
    this.#pause = this.#button('pause', 'fa-pause', () => this.#act('pause'));
    this.#resume = this.#button('resume', 'fa-play', () => this.#act('resume'));
    const test = this.#button('test', 'fa-stethoscope', () => this.#test());
    const copy = this.#button('copy', 'fa-clipboard', () => this.#copy());
    const mayAct = RED.user.hasPermission('connection-pool.write');
    this.#buttons.append(...(mayAct ? [this.#reconnect, this.#pause, this.#resume, test, copy] : [copy]));
    this.element.append(this.#buttons, this.#result);
    this.#result.hidden = true;
  }

  update(connection: Connection): void {
    this.#connection = connection;
    const focused = document.activeElement;
    setHidden(this.#pause, connection.paused);
    setHidden(this.#reconnect, connection.paused);
    setHidden(this.#resume, !connection.paused);
    if (focused === this.#pause && connection.paused) this.#resume.focus();
    if (focused === this.#resume && !connection.paused) this.#pause.focus();
  }

  say(words: string, mood: Mood): void {
    const sign = icon(signs[mood]);
    const said = element('span');
    setText(said, words);
    this.#result.dataset['mood'] = mood;
    this.#result.hidden = false;
    this.#result.replaceChildren(sign, said);
  }

  #button(name: string, sign: string, action: () => Promise<void>): HTMLButtonElement {
    const button = element('button', {
      class: 'red-ui-button red-ui-button-small',
      attributes: { type: 'button', 'data-action': name, title: text(`act.${name}.hint`) },
      children: [icon(sign), element('span', { text: text(`act.${name}.label`) })],
    });
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') === 'true') return;
      // Not `disabled`, which would take the focus away.
      button.setAttribute('aria-disabled', 'true');
      void action()
        .catch((thrown: unknown) => this.say(thrown instanceof Error ? thrown.message : String(thrown), 'bad'))
        .finally(() => button.removeAttribute('aria-disabled'));
    });
    return button;
  }

  async #act(action: 'reconnect' | 'pause' | 'resume'): Promise<void> {
    this.say(text(`act.${action}.running`), 'busy');
    await ask('POST', `${this.#path}/${action}`);
    this.say(text(`act.${action}.done`), 'good');
  }

  async #test(): Promise<void> {
    this.say(text('act.test.running'), 'busy');
    const { ok, millis, error, details = {} } = (await ask('POST', `${this.#path}/test`)) as TestAnswer;
    if (!ok) return this.say(text('act.test.failed', { reason: error?.message ?? '' }), 'bad');
    const works = text('act.test.done', { millis: formatNumber(Math.round(millis)) });
    const server = serverOf(details);
    this.say(server === '' ? works : `${works} (${server})`, 'good');
  }

  async #copy(): Promise<void> {
    const report = await ask('GET', this.#path);
    if (await copyText(JSON.stringify(report, undefined, 2))) this.say(text('act.copy.done'), 'good');
    else this.say(text('act.copy.failed'), 'bad');
  }

  get #path(): string {
    return `connections/${encodeURIComponent(this.#connection.key)}`;
  }
}
