import assert from 'node:assert/strict';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, type FlowNode, type FlowUnderTest, profile, source, startFlow, TAB } from './node-red';

const DEPLOYS = 20;

describe('a source loses nothing over deploys', () => {
  const teardown = useTeardown();

  async function begin(broker: Mosquitto, nodes: readonly FlowNode[], qos: 0 | 1) {
    const flow = await startFlow(teardown, nodes);
    await flow.connected('source');
    await broker.waitForLog(/Sending SUBACK to me/);
    const stream = await NumberedStream.start(teardown, broker.url, 'numbers', qos);
    const progress = async (id = 'got') => {
      const before = flow.collected(id).length;
      await waitFor(() => flow.collected(id).length > before + 20, 'messages between deploys');
    };
    return { flow, stream, progress };
  }

  async function finish(flow: FlowUnderTest, stream: NumberedStream) {
    await stream.stop();
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    await waitFor(() => payloads().at(-1) === 'end', 'the last message');
    assertComplete(payloads(), stream.sent);
  }

  function assertUndisturbed(broker: Mosquitto, subscribes = 1) {
    assert.equal(broker.count('CONNECT', 'me'), 1);
    assert.equal(broker.count('SUBSCRIBE', 'me'), subscribes);
    assert.equal(broker.count('UNSUBSCRIBE', 'me'), 0);
    assert.equal(broker.count('DISCONNECT', 'me'), 0);
  }

  for (const type of ['full', 'flows', 'nodes'] as const) {
    for (const qos of [0, 1] as const) {
      it(`of type ${type}, at QoS ${qos}`, async () => {
        const broker = teardown.stopLater(await startMosquitto());
        const nodes = (name: string) => [
          TAB,
          profile(broker.port, { clientid: 'me' }),
          source({ topic: 'numbers', qos: String(qos), name, datatype: 'utf8' }),
          collector(),
        ];
        const { flow, stream, progress } = await begin(broker, nodes(''), qos);
        for (let round = 0; round < DEPLOYS; round += 1) {
          await progress();
          await flow.deploy(nodes(`round ${round}`), type);
          await flow.connected('source');
        }
        await finish(flow, stream);
        assertUndisturbed(broker);
        assert.deepEqual(flow.problems, []);
      });
    }
  }

  it('of which one comes to nothing, because the type of a node is missing', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, profile(broker.port, { clientid: 'me' }), source({ topic: 'numbers', qos: '1' }), collector()];
    const { flow, stream, progress } = await begin(broker, nodes, 1);
    for (let round = 0; round < 3; round += 1) {
      await progress();
      await flow.deployInVain(nodes);
      const { sent } = stream;
      await waitFor(() => stream.sent > sent + 100, 'messages while no node is there');
      await flow.deploy(nodes, 'full');
    }
    await finish(flow, stream);
    assertUndisturbed(broker);
    await flow.deployInVain(nodes);
    await flow.shutDown();
    await broker.waitForLog(/Received DISCONNECT from me/);
  });

  it('of type reload', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = [TAB, profile(broker.port, { clientid: 'me' }), source({ topic: 'numbers', qos: '1' }), collector()];
    const { flow, stream, progress } = await begin(broker, nodes, 1);
    for (let round = 0; round < 5; round += 1) {
      await progress();
      await flow.reload();
    }
    await finish(flow, stream);
    assertUndisturbed(broker);
  });
});
