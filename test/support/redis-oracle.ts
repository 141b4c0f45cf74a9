/** Runs one Redis scenario in both worlds, step by step, and compares what each node saw. */
import assert from 'node:assert/strict';
import type { SubscribeRequest } from '../../src/drivers/redis/subscribing';
import type { Random } from './random';
import { PooledRedisWorld } from './redis-oracle-pooled-world';
import { PrivateRedisWorld } from './redis-oracle-private-world';
import { newRedisScenario, type RedisNodePlan, type RedisStep } from './redis-oracle-scenario';
import { outsiderPublishes, type RedisDelivery, type RedisWorld, type RedisWorldSettings } from './redis-oracle-world';
import type { RedisServer } from './redis-server';
import { Teardown } from './teardown';

type Plans = Map<number, SubscribeRequest[]>;

/** Runs the scenario of a seed; throws where a node of the pool saw something else than with a private client. */
export async function runRedisOracle(random: Random, redis: RedisServer, protocol: 2 | 3): Promise<void> {
  const scenario = newRedisScenario(random);
  const teardown = new Teardown();
  try {
    const outsider = await redis.client();
    teardown.defer(() => outsider.disconnect());
    const settings = (world: string): RedisWorldSettings => ({
      port: redis.port,
      protocol,
      outsider,
      prefix: `oracle-${random.seed}-${protocol}-${world}:`,
    });
    const privately = teardown.stopLater(new PrivateRedisWorld(settings('x')));
    const pooled = teardown.stopLater(await PooledRedisWorld.start(settings('y')));
    const plans: Plans = new Map();
    for (const [number, step] of scenario.entries()) {
      note(plans, step);
      await perform(privately, step, plans, settings('x'));
      const expected = await privately.settle();
      await perform(pooled, step, plans, settings('y'));
      const actual = await pooled.settle();
      // What a node sees that comes and goes meanwhile depends on who is quicker.
      if (step.kind === 'busy') for (const id of step.ids) expected.delete(id);
      compare(expected, actual, () => describeFailure(scenario, number, plans));
      assert.ok(pooled.sockets <= 2, 'more than two sockets');
    }
  } finally {
    await teardown.run();
  }
}

/** What each node is subscribed to after a step. */
function note(plans: Plans, step: RedisStep): void {
  if (step.kind === 'attach') for (const { id, requests } of step.nodes) plans.set(id, [...requests]);
  else if (step.kind === 'detach') plans.delete(step.id);
  else if (step.kind === 'subscribe') plans.get(step.id)?.push(step.request);
  else if (step.kind === 'unsubscribe') {
    const { kind, name } = step.request;
    const left = (plans.get(step.id) ?? []).filter((other) => other.kind !== kind || other.name !== name);
    plans.set(step.id, left);
  }
}

async function perform(world: RedisWorld, step: RedisStep, plans: Plans, settings: RedisWorldSettings): Promise<void> {
  const planned = (ids: readonly number[]): RedisNodePlan[] =>
    ids.map((id) => ({ id, requests: [...(plans.get(id) ?? [])] }));
  switch (step.kind) {
    case 'attach':
      return world.attach(step.nodes);
    case 'detach':
      return world.detach(step.id);
    case 'subscribe':
      return world.subscribe(step.id, step.request);
    case 'unsubscribe':
      return world.unsubscribe(step.id, step.request);
    case 'redeploy':
      return world.redeploy(planned(step.ids));
    case 'publish':
      return world.publish(step.by, step.messages);
    case 'busy':
      await Promise.all([outsiderPublishes(settings, step.messages), world.redeploy(planned(step.ids))]);
      return;
    case 'outage':
      return world.outage(step.messages);
  }
}

function compare(
  expected: ReadonlyMap<number, readonly RedisDelivery[]>,
  actual: ReadonlyMap<number, readonly RedisDelivery[]>,
  context: () => string,
): void {
  for (const [id, list] of expected) {
    const [wanted, got] = [comparable(list), comparable(actual.get(id) ?? [])];
    if (wanted.join('\n') === got.join('\n')) continue;
    const lines = (deliveries: readonly RedisDelivery[]) =>
      deliveries.map((line) => `    ${line}`).join('\n') || '    nothing';
    throw new Error(
      `node ${id}\n  with a private client:\n${lines(wanted)}\n  through the pool:\n${lines(got)}\n${context()}`,
    );
  }
}

/** Redis promises no order among the copies of one publication for several patterns: they are sorted. */
function comparable(deliveries: readonly RedisDelivery[]): RedisDelivery[] {
  const publication = (text: RedisDelivery) => text.slice(0, text.indexOf('" by ') + 1 || undefined);
  const groups: RedisDelivery[][] = [];
  for (const text of deliveries) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && publication(last[0]) === publication(text)) last.push(text);
    else groups.push([text]);
  }
  return groups.flatMap((group) => group.sort());
}

function describeFailure(scenario: readonly RedisStep[], failed: number, plans: Plans): string {
  const steps = scenario.slice(0, failed + 1).map((step, number) => `    ${number}: ${JSON.stringify(step)}`);
  const nodes = [...plans].map((plan) => `    ${JSON.stringify(plan)}`);
  return `  in step ${failed} of\n${steps.join('\n')}\n  with these nodes\n${nodes.join('\n')}`;
}
