/** What the readers of a connection read, for those who look closely: one view per key, or per group of a stream. */
import type { SubscriptionView } from '../../core/views';
import type { CountedReader } from './reading';

export function readerViews(readers: Iterable<CountedReader>): SubscriptionView[] {
  const views = new Map<string, SubscriptionView>();
  for (const reader of readers) {
    const view = viewOf(reader);
    const name = `${view.kind} ${view.group ?? ''} ${view.filter}`;
    const known = views.get(name);
    views.set(name, known ? together(known, view) : view);
  }
  return [...views.values()];
}

function viewOf({ request, state, messages }: CountedReader): SubscriptionView {
  const { kind, key } = request;
  return {
    ...{ filter: key, kind, nodes: 1, messages },
    ...(kind === 'group' ? { group: request.group } : {}),
    ...(state.kind === 'failed' ? { refused: state.error.message } : {}),
  };
}

function together(one: SubscriptionView, other: SubscriptionView): SubscriptionView {
  // Each reader of a stream gets every entry; those of all else share what there is.
  const isEach = one.kind === 'stream';
  const messages = isEach ? Math.max(one.messages, other.messages) : one.messages + other.messages;
  return { ...one, ...other, nodes: one.nodes + other.nodes, messages };
}
