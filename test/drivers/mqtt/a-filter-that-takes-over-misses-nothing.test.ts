import assert from 'node:assert/strict';
import type { MqttMessage, MqttSubscription, SubscribeOptions } from '../../../src/drivers/mqtt/session';
import { ALL_BROKERS, describeEach, DUPLICATING_MOSQUITTO } from '../../support/broker-kinds';
import { MqttNode, mqttPool, uniqueId } from '../../support/mqtt-node';
import { PrivateClient } from '../../support/private-client';
import { type Random, seeds, withSeed } from '../../support/random';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

/** With 3.1.1, copies bear nothing that tells them apart: see inseparable-filters-are-said.test.ts. */
const KINDS = [...ALL_BROKERS.filter(({ version }) => version === 5), DUPLICATING_MOSQUITTO];

/** All match `site/a/1`. */
const FILTERS = ['site/a/1', 'site/a/+', 'site/#', '+/a/1', 'site/+/1', '#'];
const TOPICS = ['site/a/1', 'site/a/1', 'site/a/2', 'site/b/1'];
const CHANGES = 12;
/** More than the broker sends without an acknowledgement, so that it holds back the rest. */
const BURST = 60;

describeEach(KINDS, 'a filter that takes over from another of the same node', (kind) => {
  const teardown = useTeardown();

  /** A node that is slow, and changes its filter again and again. */
  class ChangingNode extends MqttNode {
    readonly filters: string[] = [];
    options: SubscribeOptions = { retainHandling: 2 };
    readonly #unacknowledged: MqttMessage[] = [];
    #current: MqttSubscription | undefined;
    #leaving: MqttSubscription[] = [];

    get isActive(): boolean {
      return this.#current?.state.kind === 'active';
    }

    change(filter: string): void {
      const former = this.#current;
      this.filters.push(filter);
      this.#current = this.session.subscribe(
        filter,
        { ...this.options, qos: 1, acknowledge: 'complete', onState: () => this.#closeFormer() },
        (message) => {
          this.messages.push(message);
          this.#unacknowledged.push(message);
        },
      );
      if (!former) return;
      former.makeWay();
      this.#leaving.push(former);
    }

    acknowledge(count: number): void {
      for (const message of this.#unacknowledged.splice(0, count)) message.acknowledge?.('done');
    }

    #closeFormer(): void {
      if (this.#current?.state.kind === 'pending') return;
      for (const former of this.#leaving.splice(0)) former.close();
    }
  }

  async function check(random: Random, settings: { isSame?: boolean; cleanSession?: boolean }): Promise<void> {
    const broker = teardown.stopLater(await kind.start());
    const pool = mqttPool(teardown);
    const { cleanSession = true, isSame = false } = settings;
    const profile = { brokers: [broker.url], protocolVersion: kind.version, clientId: uniqueId(), cleanSession };
    const node = new ChangingNode(pool, profile);
    const neighbour = new MqttNode(pool, profile);
    await neighbour.subscribed('site/#', { qos: 1 });
    node.change('site/a/1');
    await waitFor(() => node.isActive, 'the first filter');
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());

    const sent: string[] = [];
    const publish = () => {
      const topic = random.pick(TOPICS);
      const payload = isSame ? 'same' : String(sent.length);
      sent.push(`${topic} ${payload}`);
      return client.publish(topic, payload, { qos: 1 });
    };
    for (let change = 0; change < CHANGES; change += 1) {
      const published = Array.from({ length: random.int(0, BURST) }, publish);
      if (random.chance(0.5)) await Promise.all(published);
      node.change(random.pick(FILTERS));
      if (random.chance(0.3)) node.change(random.pick(FILTERS));
      published.push(...Array.from({ length: random.int(0, BURST / 4) }, publish));
      node.acknowledge(random.int(0, BURST));
      if (random.chance(0.7)) await Promise.all(published);
    }
    const drained = () => {
      node.acknowledge(BURST);
      return neighbour.messages.length >= sent.length + 1;
    };
    await client.publish('site/a/1', 'end', { qos: 1 });
    await waitFor(drained, () => `all messages; the neighbour got ${neighbour.messages.length} of ${sent.length + 1}`);
    await waitFor(() => node.payloads.includes('end'), 'the end');
    node.acknowledge(BURST);

    const told = (messages: readonly MqttMessage[], of: (topic: string) => boolean) =>
      messages.filter(({ topic }) => of(topic)).map(({ topic, payload }) => `${topic} ${payload.toString()}`);
    const expected = [...sent, 'site/a/1 end'];
    assert.deepEqual(
      told(neighbour.messages, () => true),
      expected,
      'the neighbour',
    );
    const always = (topic: string) => topic === 'site/a/1';
    const wanted = expected.filter((one) => one.startsWith('site/a/1 '));
    const got = told(node.messages, always);
    const way = `over ${node.filters.join(', ')}`;
    if (isSame) {
      // Of equal messages nobody can tell whether one is a copy or comes between the SUBSCRIBEs of two filters.
      assert.ok(got.length <= wanted.length, `doubled ${way}`);
      assert.ok(got.length >= wanted.length - node.filters.length, `${got.length} of ${wanted.length} ${way}`);
      return;
    }
    assert.deepEqual(got, wanted, way);
    const rest = told(node.messages, (topic) => !always(topic));
    assert.equal(new Set(rest).size, rest.length, 'doubled on a topic that only some filters match');
  }

  it('brings what was published as retained, also what the broker held back', async () => {
    const broker = teardown.stopLater(await kind.start());
    const node = new ChangingNode(mqttPool(teardown), { brokers: [broker.url], protocolVersion: kind.version });
    node.options = { retainAsPublished: true, retainHandling: 0 };
    node.change('site/a/1');
    await waitFor(() => node.isActive, 'the first filter');
    const client = await PrivateClient.connect(broker.url);
    teardown.defer(() => client.close());
    const sent = Array.from({ length: BURST }, (_unused, number) => String(number));
    for (const payload of sent) await client.publish('site/a/1', payload, { qos: 1, retain: true });
    node.change('site/+/1');
    await waitFor(() => node.isActive, 'the second filter');
    await client.publish('site/a/1', 'end', { qos: 1 });
    await waitFor(() => (node.acknowledge(BURST), node.payloads.at(-1) === 'end'), 'the end');
    // The second SUBSCRIBE brings the retained one again, as to anybody.
    assert.deepEqual([...new Set(node.payloads)], [...sent, 'end']);
  });

  for (const seed of seeds(3)) {
    it(`brings everything once, in order, whatever the broker held back (seed ${seed})`, () =>
      withSeed(seed, (random) => check(random, {})));

    it(`brings equal messages no more often than they were sent (seed ${seed})`, () =>
      withSeed(seed, (random) => check(random, { isSame: true })));

    it(`does so in a session that is kept (seed ${seed})`, () =>
      withSeed(seed, (random) => check(random, { cleanSession: false })));
  }
});
