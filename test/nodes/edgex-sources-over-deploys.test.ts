import assert from 'node:assert/strict';
import { assertComplete } from '../support/numbered-stream';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { collector, startFlow, TAB } from './node-red';

const DEPLOYS = 5;
const TURN_MILLIS = 4;
const TOPIC = 'edgex/events/device/device-x/camera/cam/number';

/** Topics below the base that all mean the events. */
const TOPICS = ['events/device/#', 'events/device/device-x/camera/+/number', 'events/#'];

describe('an EdgeX source loses nothing over deploys', () => {
  const teardown = useTeardown();

  for (const [bus, startBus] of Object.entries(BUSES)) {
    it(`that are full, on ${bus}`, () => check(bus, startBus, (round) => ({ name: `round ${round}` })));

    it(`that change its topic, on ${bus}`, () =>
      check(bus, startBus, (round) => ({ topic: TOPICS[round % 3] }), 'nodes'));
  }

  async function check(
    bus: string,
    startBus: (typeof BUSES)[keyof typeof BUSES],
    properties: (round: number) => Record<string, unknown>,
    type: 'full' | 'nodes' = 'full',
  ): Promise<void> {
    const world = await startBus(teardown);
    const topic = bus === 'redis' ? TOPIC.replaceAll('/', '.') : TOPIC;
    const nodes = (round: number) => [
      TAB,
      world.profile,
      edgexProfile(bus as 'mqtt' | 'redis'),
      edgexNode('source', properties(round)),
      collector(),
    ];
    const flow = await startFlow(teardown, nodes(0));
    await flow.connected('source');
    const numbers = () => flow.collected('got').map(({ payload }) => (payload as { readonly number: number }).number);
    let sent = 0;
    const timer = setInterval(() => void world.publish(topic, envelope(sent++)), TURN_MILLIS);
    teardown.defer(() => clearInterval(timer));
    for (let round = 1; round <= DEPLOYS; round += 1) {
      const before = numbers().length;
      await waitFor(() => numbers().length > before + 10, 'events between deploys');
      await flow.deploy(nodes(round), type);
      await flow.connected('source');
    }
    clearInterval(timer);
    const count = sent;
    await waitFor(() => numbers().includes(count - 1), 'the last event');
    assertComplete(numbers(), count);
    assert.deepEqual(flow.problems, []);
  }
});

function envelope(number: number): string {
  const common = { deviceName: 'cam', profileName: 'camera', origin: 1_700_000_000_000_000_000 };
  const reading = { ...common, id: `r${number}`, resourceName: 'number', valueType: 'Int64', value: String(number) };
  const event = { ...common, apiVersion: 'v3', id: `e${number}`, sourceName: 'number', readings: [reading] };
  return JSON.stringify({ apiVersion: 'v3', contentType: 'application/json', payload: event });
}
