/** The messages in the flow of a source node, with what the node says about them. */
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Texts } from '../texts';
import { watchSource } from './crowded-sources';
import type { FlowLimits } from './flow-limits';
import { type FlowCondition, type InFlowParts, MessagesInFlow } from './messages-in-flow';

export interface SourceFlowParts<Item>
  extends Pick<InFlowParts<Item>, 'message' | 'acknowledge' | 'crowding' | 'handOver' | 'interrupted' | 'dropped'> {
  readonly hooks: NodeAPI['hooks'];
  readonly node: Node;
  /** Of the source node. */
  readonly texts: Texts;
  readonly limits: FlowLimits;
  readonly changed: () => void;
}

export function newSourceFlow<Item>(parts: SourceFlowParts<Item>): MessagesInFlow<Item> {
  const { node, texts, limits } = parts;
  const { maxCount, completeMillis } = limits;
  let unwatch = () => {};
  const flow = new MessagesInFlow<Item>({
    ...parts,
    closed: () => unwatch(),
    send: (message) => node.send(message),
    overdue: (count) => node.warn(texts.text('errors.overdue', { count, seconds: completeMillis / 1000 })),
    dropping: (count, over) =>
      node.warn(over ? texts.text('errors.dropped', { count }) : texts.text('errors.dropping', { limit: maxCount })),
  });
  unwatch = watchSource(node.id, flow);
  return flow;
}

export function flowStatus({ kind, count }: FlowCondition, texts: Texts): NodeStatus {
  return { fill: 'yellow', shape: 'dot', text: texts.text(`status.${kind}`, { count }) };
}
