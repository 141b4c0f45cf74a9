/** What the updates of the runtime add up to, and how it is arranged. */
import assert from 'node:assert/strict';
import type { LiveRow, LiveUpdate } from '../../src/runtime/live/live-message';
import { arranged, matches, ORDERS, titleOf, toneOf } from '../../src/editor/sidebar/arrange.mjs';
import { Connections } from '../../src/editor/sidebar/connections.mjs';
import { groupNodes } from '../../src/editor/sidebar/node-groups.mjs';
import { emptyDetails, liveRow } from '../support/fake-feed';

const update = (parts: Partial<LiveUpdate>): LiveUpdate => ({
  seq: 1,
  now: 1000,
  rows: [],
  gone: [],
  details: [],
  ...parts,
});

describe('the connections of the sidebar', () => {
  it('keep their history when a change comes without', () => {
    const connections = new Connections();
    connections.apply(update({ full: true, rows: [liveRow(1, { history: [1, 2] })] }));
    const { history: _history, ...row } = liveRow(1, { nodes: 3 });
    connections.apply(update({ rows: [row] }));
    assert.deepEqual(connections.get('mqtt-1')?.history, [1, 2]);
    assert.equal(connections.get('mqtt-1')?.nodes, 3);
  });

  it('are replaced by a full update, and go when they are gone', () => {
    const connections = new Connections();
    connections.apply(update({ full: true, rows: [liveRow(1), liveRow(2)], details: [emptyDetails('mqtt-1')] }));
    assert.equal(connections.apply(update({ gone: ['mqtt-2'] })).otherRows, true);
    assert.equal(connections.apply(update({ rows: [liveRow(1)] })).otherRows, false);
    connections.apply(update({ full: true, rows: [liveRow(3)] }));
    assert.deepEqual(
      connections.all.map(({ key }) => key),
      ['mqtt-3'],
    );
    assert.equal(connections.details('mqtt-1'), undefined);
  });

  it('tell changes of state, not those of rates', () => {
    const connections = new Connections();
    connections.apply(update({ full: true, rows: [liveRow(1), liveRow(2)] }));
    const rates = { messagesIn: 9, messagesOut: 9, bytesIn: 9, bytesOut: 9 };
    assert.deepEqual(connections.apply(update({ rows: [liveRow(1, { rates })] })).states, []);
    const { states } = connections.apply(update({ rows: [liveRow(2, { paused: true, state: 'idle' })] }));
    assert.deepEqual(
      states.map(({ connection, before }) => [connection.key, before.state, connection.state]),
      [['mqtt-2', 'connected', 'idle']],
    );
  });

  it("go by the runtime's clock", () => {
    const connections = new Connections();
    const ahead = 5_000_000;
    const before = Date.now();
    connections.apply(update({ now: before + ahead }), before);
    const told = connections.now() - ahead;
    assert.ok(told >= before && told <= Date.now());
  });

  it('are called by the names of their profiles, or by their address', () => {
    const profiles = [{ id: 'a', name: 'Plant' }, { id: 'b' }, { id: 'c', name: 'Plant' }, { id: 'd', name: 'Hall' }];
    assert.equal(titleOf(liveRow(1, { profiles })), 'Plant, Hall');
    assert.equal(titleOf(liveRow(1, { profiles: [{ id: 'x' }] })), 'mqtt://broker-1.example:1883');
  });

  it('keep one order, whatever order they come in', () => {
    const connections = new Connections();
    const rows = [
      liveRow(1),
      liveRow(2, { state: 'refused' }),
      liveRow(3, { state: 'waiting' }),
      liveRow(4, { state: 'connecting' }),
      liveRow(5, { state: 'idle', paused: true }),
      liveRow(6, { key: 'mqtt-0', profiles: [{ id: 'x', name: 'Broker 1' }] }),
    ];
    connections.apply(update({ full: true, rows }));
    for (const order of ORDERS) {
      const keys = arranged(connections.all, order).map(({ key }) => key);
      assert.deepEqual(
        arranged(connections.all.toReversed(), order).map(({ key }) => key),
        keys,
      );
    }
    assert.deepEqual(
      arranged(connections.all, 'problems').map(({ state, key }) => `${key} ${state}`),
      ['mqtt-2 refused', 'mqtt-3 waiting', 'mqtt-4 connecting', 'mqtt-5 idle', 'mqtt-0 connected', 'mqtt-1 connected'],
    );
  });

  it('are not connected all the while they are tried again', () => {
    const connections = new Connections();
    const conditions: string[] = [];
    const tell = (parts: Partial<LiveRow>) => {
      const { states } = connections.apply(update({ rows: [liveRow(1, parts)] }));
      conditions.push(...states.map(({ connection }) => `${connection.condition} ${toneOf(connection)}`));
    };
    tell({ state: 'connecting', attempt: 1 });
    for (const state of ['waiting', 'connecting', 'waiting', 'refused', 'connecting', 'refused'] as const) {
      tell({ state, downSince: 1 });
    }
    tell({ state: 'connected' });
    tell({ state: 'idle', paused: true });
    assert.deepEqual(conditions, ['waiting bad', 'refused bad', 'connected good', 'paused off']);
  });

  it('match when all words are found, each anywhere', () => {
    const connections = new Connections();
    connections.apply(update({ full: true, rows: [liveRow(1)] }));
    const [connection] = connections.all;
    assert.ok(connection);
    assert.equal(matches(connection, undefined, '  '), true);
    assert.equal(matches(connection, undefined, 'BROKER mqtt'), true);
    assert.equal(matches(connection, undefined, 'broker redis'), false);
    const details = { ...emptyDetails('mqtt-1'), subscriptions: [{ filter: 'a/Redis/#', nodes: 1, messages: 0 }] };
    assert.equal(matches(connection, details, 'broker redis'), true);
    assert.equal(matches(connection, undefined, 'broken', ['is broken']), true);
  });

  it('list their nodes by flow: by name, those without one after them, config nodes last', () => {
    const groups = groupNodes([
      { id: '1', type: 'profile', name: 'Config' },
      { id: '2', type: 'source', name: 'b', flow: { id: 'f10', label: 'Flow 10' } },
      { id: '3', type: 'source', name: 'a', flow: { id: 'f10', label: 'Flow 10' } },
      { id: '4', type: 'sink', flow: { id: 'f2', label: 'Flow 2' } },
      { id: '5', type: 'sink', flow: { id: 'f3' } },
    ]);
    assert.deepEqual(
      groups.map(({ label, nodes }) => [label, nodes.map(({ id }) => id)]),
      [
        ['Flow 2', ['4']],
        ['Flow 10', ['3', '2']],
        [undefined, ['5']],
        [undefined, ['1']],
      ],
    );
  });
});
