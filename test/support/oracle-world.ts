/** A world the oracle runs a scenario in: every node with a private client, or all of them through the pool. */
import type { NodePlan, PlannedMessage } from './oracle-scenario';
import type { PrivateClient } from './private-client';

/** One delivery as a node sees it, the prefix of its world taken off. */
export type Delivery = string;

export interface World {
  /** Attaches all of these in one turn and settles when they are subscribed. */
  attach(plans: readonly NodePlan[]): Promise<void>;
  detach(id: number, how: 'unsubscribe' | 'leave'): Promise<void>;
  redeploy(plans: readonly NodePlan[]): Promise<void>;
  /** Publishes and settles when the broker has passed it on. */
  publish(by: number | 'outsider', messages: readonly PlannedMessage[]): Promise<void>;
  /** Breaks all connections, lets the outsider publish, mends them and settles when all is as before. */
  outage(messages: readonly PlannedMessage[]): Promise<void>;
  /**
   * Settles when every node has got what it will get, and returns it.
   *
   * @param expected how much each node should get: not to stop too early, never to stop at all
   */
  settle(expected?: ReadonlyMap<number, readonly Delivery[]>): Promise<Map<number, Delivery[]>>;
  stop(): Promise<void>;
}

export interface WorldSettings {
  readonly port: number;
  readonly version: 4 | 5;
  /** Topics of this world begin with it. */
  readonly prefix: string;
  /** A client of its own that is never cut off. */
  readonly outsider: PrivateClient;
}

/** Where a world publishes to find out that everything before has arrived; no filter of a scenario matches it. */
export function barrierTopic(prefix: string): string {
  return `barrier/${prefix}`;
}

/** What nobody subscribes to: publishing there is a round trip to the broker. */
export const NOWHERE = 'nowhere';

export async function outsiderPublishes(
  { outsider, prefix }: WorldSettings,
  messages: readonly PlannedMessage[],
): Promise<void> {
  const sent = messages.map(({ topic, payload, qos, retain }) =>
    outsider.publish(prefix + topic, payload, { qos, retain }),
  );
  await Promise.all([...sent, outsider.publish(NOWHERE, '', { qos: 1 })]);
}

export function delivery(
  prefix: string,
  { topic, payload, qos, retain }: { topic: string; payload: string; qos: number; retain: boolean },
): Delivery {
  return `${topic.slice(prefix.length)} = "${payload}" qos ${qos}${retain ? ' retain' : ''}`;
}
