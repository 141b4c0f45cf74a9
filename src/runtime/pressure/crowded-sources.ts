/** The sources of this process whose flows don't keep up, for those who look. */
import type { QueueView } from '../../core/views';
import type { MessagesInFlow } from './messages-in-flow';

type Flow = Pick<MessagesInFlow<unknown>, 'crowd'>;

/** By the id of the source node. */
const flows = new Map<string, Flow>();

/** Makes the messages of a source known; the returned function ends that. */
export function watchSource(id: string, flow: Flow): () => void {
  flows.set(id, flow);
  return () => {
    // Unless the node that has come in its place is known already.
    if (flows.get(id) === flow) flows.delete(id);
  };
}

/** What waits for the flow of a source; undefined if it keeps up, or has no limit. */
export function crowdOf(id: string): QueueView | undefined {
  return flows.get(id)?.crowd;
}
