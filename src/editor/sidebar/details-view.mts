/** What an opened row shows: what one can do, the nodes, what is subscribed, and what waits. */
import type { LiveDetails, LiveQueue, LiveSubscription } from '../../runtime/live/live-message.js';
import { element, setHidden, setText } from '../dom.mjs';
import { counted, formatNumber, text, textIfKnown } from '../texts.mjs';
import { ActionBar } from './action-bar.mjs';
import type { Connection } from './connections.mjs';
import { LongList } from './long-list.mjs';
import { NodesView } from './nodes-view.mjs';
import { ago, bytes } from './words.mjs';

export class DetailsView {
  readonly element = element('div', { class: 'edgepool-details' });
  readonly #actions: ActionBar;
  readonly #waiting = element('p', { class: 'edgepool-none', text: text('details.loading') });
  readonly #nodes: NodesView;
  readonly #subscriptions = new LongList<LiveSubscription>(subscriptionItem);
  readonly #queues = element('ul', { class: 'edgepool-items' });
  readonly #sections = {
    nodes: new Section('details.nodes'),
    subscriptions: new Section('details.subscriptions'),
    queues: new Section('details.queues'),
  };
  readonly #moreSubscriptions = element('p', { class: 'edgepool-none' });
  #shown: LiveDetails | undefined;
  #filters = '';

  constructor(connection: Connection) {
    this.#actions = new ActionBar(connection);
    this.#nodes = new NodesView((words) => this.#actions.say(words, 'bad'));
    this.#sections.nodes.element.append(this.#nodes.element);
    this.#sections.subscriptions.element.append(this.#subscriptions.element, this.#moreSubscriptions);
    this.#sections.queues.element.append(this.#queues);
    const sections = Object.values(this.#sections).map((section) => section.element);
    this.element.append(this.#actions.element, this.#waiting, ...sections);
    for (const section of sections) section.hidden = true;
    this.update(connection);
  }

  /** Whether the runtime has not told the details yet. */
  get isWaiting(): boolean {
    return this.#shown === undefined;
  }

  update(connection: Connection): void {
    this.#actions.update(connection);
  }

  show(details: LiveDetails, now: number): void {
    this.#shown = details;
    const { nodes, subscriptions, queues, moreNodes = 0, moreSubscriptions = 0 } = details;
    setHidden(this.#waiting, true);
    this.#sections.nodes.show(nodes.length + moreNodes, true);
    this.#nodes.show(nodes, moreNodes);
    this.#sections.subscriptions.show(subscriptions.length + moreSubscriptions);
    this.#showSubscriptions(subscriptions);
    setHidden(this.#moreSubscriptions, moreSubscriptions === 0);
    setText(this.#moreSubscriptions, counted('details.leftOut', moreSubscriptions));
    this.#sections.queues.show(queues.length);
    this.tick(now);
  }

  tick(now: number): void {
    const queues = this.#shown?.queues ?? [];
    const items = [...this.#queues.children];
    if (items.length !== queues.length) {
      this.#queues.replaceChildren(...queues.map((queue) => element('li', { children: [queueItem(queue, now)] })));
      return;
    }
    for (const [index, queue] of queues.entries()) {
      const [name, facts] = items[index]?.firstElementChild?.children ?? [];
      if (name) setText(name, queueName(queue));
      if (facts) setText(facts, queueFacts(queue, now));
    }
  }

  /** The list is made anew only when others are in it: there may be a thousand. */
  #showSubscriptions(subscriptions: readonly LiveSubscription[]): void {
    const filters = JSON.stringify(subscriptions.map(({ filter, kind, refused }) => [filter, kind, refused]));
    if (filters !== this.#filters) {
      this.#filters = filters;
      this.#subscriptions.fill(subscriptions);
      return;
    }
    const facts = this.#subscriptions.element.querySelectorAll('.edgepool-facts');
    for (const [index, shown] of facts.entries()) {
      const subscription = subscriptions[index];
      if (subscription) setText(shown, subscriptionFacts(subscription));
    }
  }
}

class Section {
  readonly element: HTMLElement;
  readonly #count = element('span', { class: 'edgepool-count' });

  constructor(key: string) {
    const heading = element('h4', { text: `${text(key)} `, children: [this.#count] });
    this.element = element('section', { class: 'edgepool-section', children: [heading] });
  }

  show(count: number, always = false): void {
    setText(this.#count, `(${formatNumber(count)})`);
    setHidden(this.element, count === 0 && !always);
  }
}

function item(name: string, facts: string): HTMLElement {
  return element('div', {
    class: 'edgepool-item',
    children: [
      element('span', { class: 'edgepool-name', text: name }),
      element('span', { class: 'edgepool-facts', text: facts }),
    ],
  });
}

function subscriptionItem(subscription: LiveSubscription): HTMLElement {
  const made = item(subscription.filter, subscriptionFacts(subscription));
  if (subscription.refused !== undefined) {
    made.append(element('span', { class: 'edgepool-refused', text: subscription.refused }));
  }
  return made;
}

function subscriptionFacts({ kind, group, qos, nodes, messages }: LiveSubscription): string {
  const facts = [
    ...(kind === undefined ? [] : [textIfKnown(`kind.${kind}`) ?? kind]),
    ...(group === undefined ? [] : [group]),
    ...(qos === undefined ? [] : [text('details.qos', { qos })]),
    counted('note.nodes', nodes),
    counted('details.messages', messages),
  ];
  return facts.join(' · ');
}

function queueItem(queue: LiveQueue, now: number): HTMLElement {
  return item(queueName(queue), queueFacts(queue, now));
}

/** That of the connection itself has no name. */
function queueName({ name, kind }: LiveQueue): string {
  return name === '' ? text(`queue.${kind}`) : name;
}

function queueFacts({ name, kind, waiting, bytes: held, oldestAt }: LiveQueue, now: number): string {
  const facts = [
    ...(name === '' ? [] : [text(`queue.${kind}`)]),
    counted('queue.waiting', waiting),
    ...(held === undefined ? [] : [bytes(held)]),
    ...(oldestAt === undefined || waiting === 0 ? [] : [text('queue.oldest', { when: ago(oldestAt, now) })]),
  ];
  return facts.join(' · ');
}
