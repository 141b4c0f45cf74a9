/** Each source gets each message once, whatever wildcards it has: on Redis, a filter with # is two patterns that may overlap. */
import assert from 'node:assert/strict';
import { encodeEvent } from '../../src/edgex/encode-event';
import { encodeMessage } from '../../src/edgex/encode-message';
import { topicMatches } from '../../src/edgex/topics';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { BUSES, edgexNode, edgexProfile } from './edgex-flow';
import { recorder, startFlow, TAB } from './node-red';

const FILTERS = ['#', '+/#', 'a/+/#', '+/b/#', 'a/b/#', '+/+/b/#', '+/b/+', 'a/+'];
const TOPICS = ['a', 'a/b', 'a/b/c', 'a/b/b', 'a/b/c/b', 'x/b/y/b', 'a/b/c/d/b', 'x/y/b', 'done'];

describe('EdgeX sources with wildcards', () => {
  const teardown = useTeardown();

  for (const kind of ['mqtt', 'redis'] as const) {
    it(`get each message once over ${kind}`, async () => {
      const bus = await BUSES[kind](teardown);
      const flow = await startFlow(teardown, [
        TAB,
        bus.profile,
        edgexProfile(kind),
        ...FILTERS.map((topic, index) =>
          edgexNode('source', { id: `source${index}`, topic, wires: [[`got${index}`]] }),
        ),
        ...FILTERS.map((_, index) => recorder(`got${index}`)),
      ]);
      const got = FILTERS.map((_, index) => flow.received(`got${index}`));
      await flow.connected(...FILTERS.map((_, index) => `source${index}`));
      const event = encodeEvent({ a: 1 }, { deviceName: 'd', profileName: 'p', sourceName: 's' });
      for (const topic of TOPICS) await bus.publish(`edgex/${topic}`, encodeMessage(event, { form: 'v4' }));
      await waitFor(() => got[0]?.some(({ topic }) => topic === 'edgex/done'), 'the last message');
      for (const [index, filter] of FILTERS.entries()) {
        const wanted = TOPICS.filter((topic) => topicMatches(filter, topic)).map((topic) => `edgex/${topic}`);
        await waitFor(() => (got[index]?.length ?? 0) >= wanted.length, `the messages of ${filter}`);
        assert.deepEqual(got[index]?.map(({ topic }) => topic).toSorted(), wanted.toSorted(), filter);
      }
    });
  }
});
