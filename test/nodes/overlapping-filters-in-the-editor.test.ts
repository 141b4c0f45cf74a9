import assert from 'node:assert/strict';
import type { Flows, LiveConnection } from '../../src/editor/overlaps/sources.mjs' with { 'resolution-mode': 'import' };
import { FilterIndex } from '../../src/drivers/mqtt/filter-index';
import { coverAgain, inseparable as bySubscriptions } from '../../src/drivers/mqtt/filter-cover';
import { seeds, withSeed } from '../support/random';

/** What stands for a subscriber: filters without any don't count. */
const SUBSCRIBER = {} as never;

describe('overlapping filters, as the editor finds them', () => {
  it('are those that the connection tells of', async () => {
    const { inseparable } = await import('../../src/editor/overlaps/filters.mjs');
    const levels = ['a', 'b', '+', '$SYS'];
    for (const seed of seeds(300)) {
      await withSeed(seed, async (random) => {
        const filters = Array.from({ length: 6 }, () => {
          const parts = Array.from({ length: random.int(1, 4) }, () => random.pick(levels));
          if (random.chance(0.3)) parts.push('#');
          return (random.chance(0.2) ? `$share/${random.pick(['g', 'h'])}/` : '') + parts.join('/');
        });
        const index = new FilterIndex();
        const entries = filters.map((filter) => index.entry(filter));
        for (const entry of entries) entry.subscribers.add(SUBSCRIBER);
        coverAgain(index, new Set(entries));
        const found = inseparable(filters);
        for (const entry of entries) {
          const told = bySubscriptions(index, entry);
          assert.equal(found.has(entry.filter.text), told.length > 0, `${entry.filter.text} of ${filters.join(' ')}`);
        }
      });
    }
  });

  const flowsOf = (nodes: readonly { readonly id: string; readonly type: string }[]): Flows => ({
    all: () => nodes,
    find: (id) => nodes.find((node) => node.id === id),
  });
  const source = (id: string, topic: string, more: object = {}) => ({
    ...{ id, type: 'pool-mqtt-source', z: 'tab', profile: 'm', topic, inputs: 0 },
    ...more,
  });

  async function doubtfulFilters(nodes: readonly { id: string; type: string }[], live: readonly LiveConnection[] = []) {
    const { doubtful } = await import('../../src/editor/overlaps/sources.mjs');
    const profile = { id: 'm', type: 'pool-mqtt-profile', protocolVersion: '4' };
    const known = nodes.some(({ id }) => id === 'm') ? nodes : [profile, ...nodes];
    return doubtful(flowsOf(known), live).map((group) => group.map(({ filter }) => filter));
  }

  it('count for nodes that share a connection, and only for those', async () => {
    const nodes = [
      { id: 'tab', type: 'tab' },
      { id: 'off', type: 'tab', disabled: true },
      source('1', 'a/+'),
      source('2', '+/b', { d: true }),
      source('3', '+/c', { z: 'off' }),
      source('4', '+/d', { dedicated: true }),
      source('5', '+/e', { inputs: 1 }),
      source('6', ''),
      { ...source('7', 'f', {}), profile: 'gone' },
      { id: 'e', type: 'pool-edgex-profile', bus: 'mqtt', mqttProfile: 'm', base: '/plant/' },
      { id: '8', type: 'pool-edgex-source', z: 'tab', profile: 'e', topic: 'events/#' },
      { id: 'r', type: 'pool-edgex-profile', bus: 'redis', mqttProfile: 'm' },
      { id: '9', type: 'pool-edgex-source', z: 'tab', profile: 'r', topic: 'events/#' },
    ];
    assert.deepEqual(await doubtfulFilters(nodes), [['a/+', 'plant/events/#']]);
  });

  it('count where MQTT 3.1.1 was chosen, or came of it', async () => {
    const nodes = (protocolVersion: string) => [
      { id: 'm', type: 'pool-mqtt-profile', protocolVersion },
      source('1', 'a/+'),
    ];
    const connection = (version: number, separates: boolean | undefined) => [{ profiles: ['m'], version, separates }];
    assert.equal((await doubtfulFilters(nodes('3'))).length, 1);
    assert.equal((await doubtfulFilters(nodes('auto'))).length, 0, 'nobody knows yet');
    assert.equal((await doubtfulFilters(nodes('auto'), connection(4, false))).length, 1);
    assert.equal((await doubtfulFilters(nodes('auto'), connection(5, true))).length, 0);
    assert.equal((await doubtfulFilters(nodes('5'), connection(4, false))).length, 0, 'it was changed just now');
    assert.equal((await doubtfulFilters(nodes('5'), connection(5, false))).length, 1, 'a broker without identifiers');
    assert.equal((await doubtfulFilters(nodes('auto'), connection(5, undefined))).length, 0);
  });

  it('count for profiles that have one connection', async () => {
    const second = { id: 'n', type: 'pool-mqtt-profile', protocolVersion: '4' };
    const nodes = [source('1', 'a/+'), second, { ...source('2', '+/b'), profile: 'n' }];
    assert.equal((await doubtfulFilters(nodes)).length, 2);
    const live = [{ profiles: ['n', 'm'], version: 4, separates: false }];
    assert.deepEqual(await doubtfulFilters(nodes, live), [['a/+', '+/b']]);
  });
});
