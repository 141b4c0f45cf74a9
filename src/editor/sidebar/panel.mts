/** The sidebar's content: keeps the list, the heading and the feed together. */
import type { LiveUpdate } from '../../runtime/live/live-message.js';
import { element, setHidden, setText } from '../dom.mjs';
import { text } from '../texts.mjs';
import { Announcer } from './announcer.mjs';
import { arranged, matches, titleOf } from './arrange.mjs';
import { type Connection, Connections } from './connections.mjs';
import { Feed, type FeedState } from './feed.mjs';
import { Header } from './header.mjs';
import { labelsByProfile } from './labels.mjs';
import { ListView } from './list-view.mjs';
import { Notice } from './notice.mjs';
import { isQuiet, protocolOf, stateOf } from './words.mjs';

/** How often the order by traffic is looked at again. */
const REORDER_MILLIS = 10_000;
const BACK_MILLIS = 4_000;
const MISSED_MILLIS = 60_000;

export class Panel {
  readonly element = element('div', { class: 'edgepool-sidebar', attributes: { tabindex: '-1' } });
  readonly #connections = new Connections();
  readonly #announcer = new Announcer();
  readonly #banner = element('div', { class: 'edgepool-banner' });
  readonly #header = new Header(
    () => this.#arrange(true),
    () => this.#list.focus(),
  );
  readonly #list = new ListView(
    this.element,
    () => this.#connections.now(),
    () => this.#toggled(),
  );
  readonly #notice = new Notice(() => this.#feed.start());
  readonly #feed = new Feed({
    onState: (state) => this.#enter(state),
    onUpdate: (update) => this.#take(update),
    isBusy: () => this.#connections.all.some((connection) => !isQuiet(connection)),
  });
  #state: FeedState = { kind: 'stopped' };
  #wasLost = false;
  #backUntil = 0;
  /** Opened rows that are gone: a restart or a deploy brings many of them back under another key. */
  readonly #missed = new Map<string, number>();
  #arrangedAt = 0;
  #order: readonly string[] = [];
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.#banner.hidden = true;
    const top = element('div', { class: 'edgepool-top', children: [this.#header.element, this.#banner] });
    this.element.append(this.#announcer.element, top, this.#list.element, this.#notice.element);
    this.#header.show([], 0);
    this.#list.element.addEventListener('pointerleave', () => this.#arrange());
    this.#list.element.addEventListener('focusout', ({ relatedTarget }) => {
      const stays = relatedTarget instanceof Node && this.#list.element.contains(relatedTarget);
      // Not at once: a row that is just being removed loses the focus, too.
      if (!stays) queueMicrotask(() => this.#arrange());
    });
    new IntersectionObserver((entries) => this.#watch(entries.at(-1)?.isIntersecting === true)).observe(this.element);
    document.addEventListener('visibilitychange', () => this.#watch(this.element.offsetParent !== null));
  }

  /** Nothing is asked for, and no time goes by, while nobody looks. */
  #watch(inSight: boolean): void {
    const watched = inSight && document.visibilityState === 'visible';
    if (!watched) {
      clearInterval(this.#ticker);
      this.#ticker = undefined;
      this.#feed.stop();
    } else if (this.#ticker === undefined) {
      this.#ticker = setInterval(() => this.#tick(), 1000);
      this.#feed.start();
    }
  }

  #enter(state: FeedState): void {
    this.#state = state;
    if (state.kind === 'lost') {
      this.#wasLost = true;
      this.#announcer.say(text('notice.lost.title'));
    }
    if (state.kind === 'live' && this.#wasLost) this.#sayBack();
    else this.#showState();
  }

  #sayBack(): void {
    this.#wasLost = false;
    this.#backUntil = Date.now() + BACK_MILLIS;
    this.#announcer.say(text('notice.back'));
    this.#showState();
    setTimeout(() => this.#showState(), BACK_MILLIS);
  }

  #showState(): void {
    const known = this.#connections.all.length > 0;
    const isLost = this.#state.kind === 'lost';
    this.element.classList.toggle('edgepool-out-of-date', isLost);
    if (isLost && known) this.#showBanner(text('notice.lost.banner'), 'bad');
    else if (Date.now() < this.#backUntil) this.#showBanner(text('notice.back'), 'good');
    else setHidden(this.#banner, true);
    const forbidden = this.#state.kind === 'failed';
    setHidden(this.#list.element, forbidden);
    if (forbidden) setHidden(this.#header.element, true);
    this.#notice.show(this.#state, known && !forbidden);
  }

  #showBanner(words: string, mood: 'good' | 'bad'): void {
    setText(this.#banner, words);
    this.#banner.dataset['mood'] = mood;
    this.#banner.hidden = false;
  }

  #take(update: LiveUpdate): void {
    const open = this.#list.openKeys.flatMap((key) => this.#connections.get(key) ?? []);
    const changes = this.#connections.apply(update);
    for (const one of open) if (!this.#connections.get(one.key)) this.#missed.set(ownersOf(one), Date.now());
    for (const connection of changes.rows) this.#list.update(connection);
    const isDue = this.#header.order === 'traffic' && Date.now() - this.#arrangedAt > REORDER_MILLIS;
    if (changes.otherRows || changes.states.length > 0 || update.full || isDue) this.#arrange();
    else this.#header.show(this.#connections.all, this.#order.length);
    if (this.#missed.size > 0) this.#openAgain(changes.rows);
    for (const details of changes.details) this.#list.updateDetails(details);
    this.#announcer.tell(changes.states);
  }

  #openAgain(connections: readonly Connection[]): void {
    for (const [owners, at] of this.#missed) if (Date.now() - at > MISSED_MILLIS) this.#missed.delete(owners);
    for (const connection of connections) {
      if (this.#missed.delete(ownersOf(connection))) this.#list.open(connection.key);
    }
  }

  /** @param wished the user has asked for it: then it is done at once */
  #arrange(wished = false): void {
    this.#arrangedAt = Date.now();
    const { search, order } = this.#header;
    const all = this.#connections.all;
    const labels: ReturnType<typeof labelsByProfile> = search === '' ? new Map() : labelsByProfile();
    const nodesOf = ({ profiles }: Connection) => profiles.flatMap(({ id }) => labels.get(id) ?? []);
    const found = all.filter((one) =>
      matches(one, this.#connections.details(one.key), search, [...saidOf(one), ...nodesOf(one)]),
    );
    const sorted = arranged(found, order);
    const shown = !wished && this.#list.isInUse ? kept(sorted, this.#order) : sorted;
    this.#order = shown.map(({ key }) => key);
    const open = this.#list.openKeys.length;
    this.#list.show(shown);
    if (this.#list.openKeys.length !== open) this.#toggled();
    this.#header.show(all, shown.length);
    this.#showState();
  }

  #toggled(): void {
    const open = new Set(this.#list.openKeys);
    for (const { key } of this.#connections.all) if (!open.has(key)) this.#connections.forgetDetails(key);
    this.#feed.open([...open]);
  }

  #tick(): void {
    this.#list.tick();
  }
}

/** Whose connection it is, whatever its key. */
function ownersOf({ type, address, profiles }: Connection): string {
  const ids = profiles.map(({ id }) => id).toSorted();
  return JSON.stringify([type, ...(ids.length > 0 ? ids : [address])]);
}

function saidOf(connection: Connection): readonly string[] {
  return [titleOf(connection), stateOf(connection), protocolOf(connection)];
}

/** In the order they have, new ones last: nothing moves away from below the pointer. */
function kept(connections: readonly Connection[], order: readonly string[]): readonly Connection[] {
  const places = new Map(order.map((key, index) => [key, index]));
  const placeOf = ({ key }: Connection): number => places.get(key) ?? order.length;
  return connections.toSorted((a, b) => placeOf(a) - placeOf(b));
}
