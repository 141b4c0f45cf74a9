import assert from 'node:assert/strict';
import { MqttNode, mqttPool } from '../../support/mqtt-node';
import { startMosquitto } from '../../support/mosquitto';
import { useTeardown } from '../../support/teardown';
import { waitFor } from '../../support/waiting';

describe('filters whose messages a broker may not keep apart', () => {
  const teardown = useTeardown();

  for (const version of [4, 5] as const) {
    it(`are named to the nodes on them where the protocol has no cure, and only there (${version})`, async () => {
      const broker = teardown.stopLater(await startMosquitto());
      const pool = mqttPool(teardown);
      const profile = { brokers: [broker.url], protocolVersion: version };
      const overlapsOf = new Map<string, readonly string[] | undefined>();
      const subscriptions = ['a/+', '+/b', 'c/#', 'c/d', '$share/g/c/+', '$share/h/s/x/#', '$share/i/s/x/t', 'e'].map(
        (filter) =>
          new MqttNode(pool, profile).subscribe(filter, {
            onState: (state) => overlapsOf.set(filter, state.kind === 'active' ? state.overlaps : undefined),
          }),
      );
      await waitFor(() => subscriptions.every(({ state }) => state.kind === 'active'), 'the subscriptions');
      const shared = '$share/g/c/+';
      const groups = ['$share/h/s/x/#', '$share/i/s/x/t'];
      const ofGroups = groups.map((filter) => [filter, groups.filter((other) => other !== filter)] as const);
      const expected: Record<string, string[]> =
        version === 5
          ? {}
          : { 'a/+': ['+/b'], '+/b': [shared, 'a/+', 'c/#'], 'c/#': [shared, '+/b'], 'c/d': [shared], e: [] };
      if (version !== 5) Object.assign(expected, Object.fromEntries(ofGroups));
      for (const filter of [...groups, 'a/+', '+/b', 'c/#', 'c/d', 'e']) {
        assert.deepEqual(overlapsOf.get(filter) ?? [], expected[filter] ?? [], filter);
      }
    });
  }
});
