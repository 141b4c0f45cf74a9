import { startMosquitto } from '../support/mosquitto';
import { assertComplete, NumberedStream } from '../support/numbered-stream';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { collector, profile, source, startFlow, TAB } from './node-red';

const TYPES = ['full', 'flows', 'nodes', 'full', 'flows', 'nodes', 'full', 'full'] as const;

describe('a source at QoS 2 loses and doubles nothing over deploys', () => {
  const teardown = useTeardown();

  it('of every type', async () => {
    const broker = teardown.stopLater(await startMosquitto());
    const nodes = (name: string) => [
      TAB,
      profile(broker.port),
      source({ topic: 'numbers', qos: '2', name, datatype: 'utf8' }),
      collector(),
    ];
    const flow = await startFlow(teardown, nodes(''));
    await flow.connected('source');
    await broker.waitForLog(/Sending SUBACK to /);
    const stream = await NumberedStream.start(teardown, broker.url, 'numbers', 2);
    const payloads = () => flow.collected('got').map(({ payload }) => payload);
    for (const [round, type] of TYPES.entries()) {
      const before = payloads().length;
      await waitFor(() => payloads().length > before + 20, 'messages between deploys');
      await flow.deploy(nodes(`round ${round}`), type);
      await flow.connected('source');
    }
    await stream.stop();
    await waitFor(() => payloads().at(-1) === 'end', 'the last message');
    assertComplete(payloads(), stream.sent);
  });
});
