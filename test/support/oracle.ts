/** Runs one scenario in both worlds, step by step, and compares what each node saw. */
import assert from 'node:assert/strict';
import { PooledWorld } from './oracle-pooled-world';
import { PrivateWorld } from './oracle-private-world';
import { type NodePlan, newScenario, type ScenarioLimits, type Step } from './oracle-scenario';
import type { Delivery, World } from './oracle-world';
import { PrivateClient } from './private-client';
import type { Random } from './random';
import { Teardown } from './teardown';

export interface OracleBroker {
  readonly port: number;
  readonly url: string;
  readonly version: 4 | 5;
  readonly limits: ScenarioLimits;
}

/** Runs the scenario of a seed; throws where a node of the pool saw something else than with a private client. */
export async function runOracle(random: Random, broker: OracleBroker): Promise<void> {
  const scenario = newScenario(random, broker.limits);
  const teardown = new Teardown();
  try {
    const outsider = teardown.closeLater(await PrivateClient.connect(broker.url, { protocolVersion: broker.version }));
    const settings = (world: string) => ({
      ...broker,
      outsider,
      prefix: `oracle/${random.seed}-${broker.version}-${world}`,
    });
    const privately = teardown.stopLater(await PrivateWorld.start(settings('x')));
    const pooled = teardown.stopLater(await PooledWorld.start(settings('y')));
    const plans = new Map<number, NodePlan>();
    for (const [number, step] of scenario.entries()) {
      if (step.kind === 'attach') for (const plan of step.nodes) plans.set(plan.id, plan);
      await perform(privately, step, plans);
      const expected = await privately.settle();
      await perform(pooled, step, plans);
      const actual = await pooled.settle(expected);
      compare(expected, actual, () => describeFailure(scenario, number, plans));
      assert.equal(pooled.connections, 1, 'physical connections');
      if (step.kind === 'detach') plans.delete(step.id);
    }
  } finally {
    await teardown.run();
  }
}

async function perform(world: World, step: Step, plans: ReadonlyMap<number, NodePlan>): Promise<void> {
  switch (step.kind) {
    case 'attach':
      return world.attach(step.nodes);
    case 'detach':
      return world.detach(step.id, step.how);
    case 'redeploy':
      return world.redeploy(step.ids.flatMap((id) => plans.get(id) ?? []));
    case 'publish':
      return world.publish(step.by, step.messages);
    case 'outage':
      return world.outage(step.messages);
  }
}

function compare(
  expected: ReadonlyMap<number, readonly Delivery[]>,
  actual: ReadonlyMap<number, readonly Delivery[]>,
  context: () => string,
): void {
  for (const [id, list] of expected) {
    const [wanted, got] = [byTopic(list), byTopic(actual.get(id) ?? [])];
    if (wanted.join('\n') === got.join('\n')) continue;
    const lines = (deliveries: readonly Delivery[]) =>
      deliveries.map((line) => `    ${line}`).join('\n') || '    nothing';
    throw new Error(
      `node ${id}\n  with a private client:\n${lines(wanted)}\n  through the pool:\n${lines(got)}\n${context()}`,
    );
  }
}

/** Order is promised per topic only (MQTT 5.0, 4.6), so topics are put side by side, each with its own order. */
function byTopic(deliveries: readonly Delivery[]): Delivery[] {
  const topicOf = (text: Delivery) => text.slice(0, text.indexOf(' '));
  return [...deliveries].sort((one, other) =>
    topicOf(one) < topicOf(other) ? -1 : topicOf(one) > topicOf(other) ? 1 : 0,
  );
}

function describeFailure(scenario: readonly Step[], failed: number, plans: ReadonlyMap<number, NodePlan>): string {
  const steps = scenario.slice(0, failed + 1).map((step, number) => `    ${number}: ${JSON.stringify(step)}`);
  const nodes = [...plans.values()].map((plan) => `    ${JSON.stringify(plan)}`);
  return `  in step ${failed} of\n${steps.join('\n')}\n  with these nodes\n${nodes.join('\n')}`;
}
