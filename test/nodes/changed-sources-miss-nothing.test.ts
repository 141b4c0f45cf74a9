import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { PrivateClient } from '../support/private-client';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, holder, profile, source, startFlow, TAB } from './node-red';

describe('a source that is changed in a deploy misses nothing of what it still wants', () => {
  const teardown = useTeardown();

  /** Deploys one variant after the other while numbers are published to `site/a/numbers`. */
  async function check(variants: readonly Record<string, unknown>[], protocolVersion: '4' | '5') {
    const broker = teardown.stopLater(await startMosquitto());
    const settings = profile(broker.port, { clientid: 'me', protocolVersion });
    const nodes = (variant: Record<string, unknown>) => [
      TAB,
      settings,
      source({ datatype: 'utf8', qos: '1', ...variant }),
      collector(),
    ];
    const flow = await startFlow(teardown, nodes(variants[0] ?? {}));
    await broker.waitForLog(/Sending SUBACK to me/);
    const stream = await NumberedStream.start(teardown, broker.url, 'site/a/numbers', 1);
    for (let round = 1; round < 6; round += 1) {
      const reached = flow.collected('got').length;
      await waitFor(() => flow.collected('got').length > reached + 20, 'messages');
      await flow.deploy(nodes(variants[round % variants.length] ?? {}), 'nodes');
    }
    await stream.stop();
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    await waitFor(() => payloads().at(-1) === 'end', 'the last message');
    assertComplete(payloads(), stream.sent);
    assert.equal(broker.count('CONNECT', 'me'), 1);
    return broker;
  }

  for (const version of ['4', '5'] as const) {
    it(`when its topic becomes wider and narrower, on version ${version}`, async () => {
      const topics = ['site/a/numbers', 'site/a/+', 'site/#'].map((topic) => ({ topic }));
      const broker = await check(topics, version);
      // Quick deploys may give two up in one packet.
      const givenUp = () => broker.log.filter((line) => /^me site\/\S+$/.test(line)).length;
      await waitFor(() => givenUp() === 5, 'the old topics to be given up');
    });

    it(`when its QoS is raised and lowered, on version ${version}`, async () => {
      const topic = 'site/a/numbers';
      const broker = await check([{ topic }, { topic, qos: '2' }, { topic, qos: '0' }], version);
      assert.equal(broker.count('UNSUBSCRIBE'), 0);
    });
  }

  for (const version of ['4', '5'] as const) {
    it(`when the broker holds back what its flow is too slow for, on version ${version}`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const nodes = (topic: string) => [
        TAB,
        profile(broker.port, { clientid: 'me', protocolVersion: version }),
        source({ datatype: 'utf8', qos: '1', topic, acknowledge: 'complete', wires: [['holder']] }),
        holder({ wires: [[]] }),
      ];
      const flow = await startFlow(teardown, nodes('site/a/numbers'));
      await broker.waitForLog(/Sending SUBACK to me/);
      const client = await PrivateClient.connect(broker.url);
      teardown.defer(() => client.close());
      const sent = Array.from({ length: 100 }, (_unused, number) => String(number));
      await Promise.all(sent.map((payload) => client.publish('site/a/numbers', payload, { qos: 1 })));
      for (const topic of ['site/a/+', 'site/#', 'site/a/numbers']) {
        await flow.deploy(nodes(topic), 'nodes');
        await broker.waitForLog(new RegExp(`^me 1 ${topic.replace('+', '\\+')}$`));
      }
      const payloads: unknown[] = [];
      const go = () => {
        for (const held of flow.held('holder').slice(payloads.length)) {
          payloads.push(held.message.payload);
          held.done();
        }
        return payloads.length >= sent.length;
      };
      await waitFor(go, () => `all of them; there are ${payloads.length}`);
      await client.publish('site/a/numbers', 'end', { qos: 1 });
      await waitFor(() => (go(), payloads.at(-1) === 'end'), 'the end');
      assert.deepEqual(payloads, [...sent, 'end']);
    });
  }

  it('when its output or its name is changed, without a word to the broker', async () => {
    const topic = 'site/a/numbers';
    const broker = await check([{ topic }, { topic, name: 'other', datatype: 'auto-detect' }], '5');
    assert.equal(broker.count('SUBSCRIBE'), 1);
  });
});
