import assert from 'node:assert/strict';
import { startMosquitto } from '../support/mosquitto';
import { startRedis } from '../support/redis-server';
import { useTeardown } from '../support/teardown';
import { waitFor } from '../support/waiting';
import { edgexNode, edgexProfile } from './edgex-flow';
import { catcher, caughtCode, profile, recorder, redisProfile, startFlow, TAB } from './node-red';

const NODES = [
  edgexNode('source'),
  edgexNode('sink', { wires: [] }),
  edgexNode('command', { device: 'd', command: 'c', timeoutSeconds: '0.2' }),
  recorder(),
  recorder('caught'),
  catcher(),
];

describe('EdgeX nodes whose connection fails', () => {
  const teardown = useTeardown();

  it('by a wrong password on MQTT say so, and send what waited when it is repaired', async () => {
    const users: Record<string, string> = { alice: 'right' };
    const broker = teardown.stopLater(await startMosquitto({ users }));
    const credentials = { profile: { user: 'alice', password: 'mistaken' } };
    const flow = await startFlow(teardown, [TAB, profile(broker.port), edgexProfile('mqtt'), ...NODES], credentials);
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    for (const id of ['source', 'sink', 'command']) {
      const status = await flow.shows(id, /^not authorised: check user and password, next attempt/);
      assert.deepEqual([status.fill, status.shape], ['red', 'dot']);
    }
    for (const a of [1, 2, 3]) flow.send('sink', { payload: { a } });
    await flow.shows('sink', /^3 queued, /);
    flow.send('command', { payload: 1 });
    await waitFor(() => caught.length === 1, 'the command to be given up');
    assert.equal(caughtCode(caught[0]), 'EDGEX_TIMEOUT');
    assert.ok(!flow.logged.some((line) => line.includes('mistaken')));
    users['alice'] = 'mistaken';
    await broker.restart();
    await waitFor(() => got.length === 3, 'what waited', 30_000);
    assert.deepEqual(
      got.map(({ payload }) => payload),
      [{ a: 1 }, { a: 2 }, { a: 3 }],
    );
    await flow.connected('source', 'sink', 'command');
  }).timeout(40_000);

  it('by a wrong password on Redis say so, and connect when it is repaired', async () => {
    const server = teardown.stopLater(await startRedis({ acl: ['default off', 'alice on >right ~* &* +@all'] }));
    const credentials = { profile: { user: 'alice', password: 'mistaken' } };
    const nodes = [TAB, redisProfile(server.port), edgexProfile('redis'), ...NODES];
    const flow = await startFlow(teardown, nodes, credentials);
    const got = flow.received('got');
    for (const id of ['source', 'sink', 'command']) await flow.shows(id, /^wrong user name or password, next attempt/);
    assert.ok(!flow.logged.some((line) => line.includes('mistaken')));
    const client = await server.client();
    await client.call('ACL', 'SETUSER', 'alice', '>mistaken');
    await waitFor(() => flow.status('source')?.fill === 'green', 'green', 30_000);
    await waitFor(() => {
      flow.send('sink', { payload: { a: 1 } });
      return got.length > 0;
    }, 'an event');
  }).timeout(40_000);

  it('are refused alone when the ACL of Redis does not allow their channels', async () => {
    const acl = ['default off', 'alice on >right ~* &edgex.events.device.* &edgex.events.device +@all'];
    const server = teardown.stopLater(await startRedis({ acl }));
    const nodes = [
      edgexNode('source'),
      edgexNode('source', { id: 'other', topic: 'telemetry/#' }),
      edgexNode('sink', { wires: [] }),
      edgexNode('command', { device: 'd', command: 'c' }),
    ];
    const flow = await startFlow(
      teardown,
      [TAB, redisProfile(server.port), edgexProfile('redis'), ...nodes, recorder(), recorder('caught'), catcher()],
      { profile: { user: 'alice', password: 'right' } },
    );
    const [got, caught] = [flow.received('got'), flow.received('caught')];
    await flow.connected('source', 'sink');
    await flow.shows('other', "edgex/telemetry/# refused: not allowed by the server's ACL");
    await flow.shows('command', "edgex/response/core-command/+ refused: not allowed by the server's ACL");
    flow.send('command', { payload: 1 });
    await waitFor(() => caught.some((message) => message.payload === (1 as unknown)), 'the refusal');
    flow.send('sink', { payload: { a: 1 } });
    await waitFor(() => got.length === 1, 'the event');
    assert.deepEqual(new Set(caught.map(caughtCode)), new Set(['REDIS_NOPERM']));
  });

  it('keep events while the bus is away, over Redis too', async () => {
    const server = teardown.stopLater(await startRedis());
    const flow = await startFlow(teardown, [TAB, redisProfile(server.port), edgexProfile('redis'), ...NODES]);
    const got = flow.received('got');
    await flow.connected('source', 'sink');
    await server.halt();
    await flow.shows('sink', /^disconnected: /);
    for (const a of [1, 2]) flow.send('sink', { payload: { a } });
    await flow.shows('sink', /^2 queued, /);
    const listener = await (async () => {
      await server.start();
      return server.client();
    })();
    await waitFor(() => flow.status('source')?.fill === 'green', 'green', 15_000);
    await listener.publish('edgex.events.device.x', '{"deviceName":"d","readings":[]}');
    // What Redis took before the source was back is lost to it: that is how Pub/Sub works.
    await waitFor(() => got.some(({ payload }) => JSON.stringify(payload) === '{}'), 'what came after');
    assert.deepEqual(flow.status('sink')?.text, 'node-red:common.status.connected');
  }).timeout(30_000);

  for (const [what, nodes, text] of [
    ['an EdgeX profile', [], 'no EdgeX profile'],
    ['the profile of its bus', [edgexProfile('mqtt')], /^The EdgeX profile has no MQTT profile/],
    ['a profile of that bus', [edgexProfile('redis', { redisProfile: 'profile' }), profile(1)], /has no Redis profile/],
    ['valid settings', [edgexProfile('mqtt', { form: 'v5' }), profile(1)], /^"Written as \(form\)" must be "v4", "v3"/],
    [
      'a base topic that can be one',
      [edgexProfile('mqtt', { base: 'a/#' }), profile(1)],
      /^"Base topic \(base\)" must be a topic/,
    ],
  ] as const) {
    it(`for want of ${what} tell every message`, async () => {
      const flow = await startFlow(teardown, [TAB, ...nodes, ...NODES]);
      const caught = flow.received('caught');
      for (const id of ['source', 'sink', 'command']) await flow.shows(id, text);
      for (const id of ['sink', 'command']) flow.send(id, { payload: { a: 1 } });
      await waitFor(() => caught.length === 2, 'both errors');
      for (const message of caught) assert.match(String(caughtCode(message)), /^(NO_PROFILE|EDGEX_INVALID_PROFILE)$/);
    });
  }

  it('for a topic that can not be one tell it', async () => {
    const nodes = [edgexNode('source', { topic: 'a/#/b' }), recorder()];
    const flow = await startFlow(teardown, [TAB, profile(1, { autoConnect: false }), edgexProfile('mqtt'), ...nodes]);
    await flow.shows('source', /^Invalid topic filter "edgex\/a\/#\/b"/);
  });
});
