import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node } from 'node-red';
import { handOverOf, type ParkedHold } from '../../src/runtime/hand-over/hand-over';
import { stableKey } from '../../src/runtime/hand-over/stable-key';
import { watchShutdown } from '../../src/runtime/shutdown';
import { waitFor } from '../support/waiting';

describe('the hold of a closed node', () => {
  function runtime() {
    const events = new EventEmitter();
    const shutdown = watchShutdown(events);
    let running = {};
    return {
      handOver: handOverOf(shutdown),
      deploy: () => events.emit('flows:stopping', { config: (running = {}) }),
      started: () => {
        events.emit('flows:starting', { config: running });
        events.emit('flows:started', { config: running });
      },
      stop: () => events.emit('flows:stopping', { config: running }),
    };
  }

  function node(id: string, properties: Record<string, unknown> = {}): Node {
    return { id, type: 'sink', ...properties } as unknown as Node;
  }

  function hold(of: Node, lingerMillis: number, told: string[] = []): ParkedHold {
    return {
      node: of,
      profile: 'profile',
      key: 'key',
      legacy: { end: () => undefined },
      lingerMillis,
      removed: false,
      vacate: async () => void told.push('vacated'),
      end: async () => void told.push('ended'),
    };
  }

  it('is found by the node of the same type that comes in its place, once', () => {
    const { handOver, deploy, started } = runtime();
    started();
    deploy();
    const parked = hold(node('a'), 0);
    handOver.park(parked);
    assert.equal(handOver.take(node('b')), undefined);
    assert.equal(handOver.take(node('a', { type: 'source' })), undefined);
    assert.equal(handOver.take(node('a')), parked);
    assert.equal(handOver.take(node('a')), undefined);
  });

  it('is known by its place where ids are new at every start: within subflows, on any tab', () => {
    const paths = ['tab/instance/inner', 'other/instance/inner', 'tab/again/inner'];
    const keys = paths.map((_path, index) => stableKey(node(`id${index}`, { _path })));
    assert.deepEqual(keys, ['instance/inner', 'instance/inner', 'again/inner']);
    assert.equal(stableKey(node('a', { _path: 'tab/a' })), stableKey(node('a', { _path: 'other/a' })));
    assert.equal(stableKey(node('a')), 'a');
  });

  it('ends with the deploy if it is not to linger, and when the linger is over if it is', async () => {
    const { handOver, deploy, started } = runtime();
    const [at, later]: string[][] = [[], []];
    started();
    deploy();
    handOver.park(hold(node('a'), 0, at));
    handOver.park(hold(node('b'), 30, later));
    assert.deepEqual([at, later], [[], []]);
    started();
    assert.deepEqual([at, later], [['ended'], []]);
    await waitFor(() => later?.length === 1, 'the end');
    assert.equal(handOver.take(node('b')), undefined);
  });

  it('is ended by a shutdown at once, and none is taken any more', async () => {
    const { handOver, deploy, started, stop } = runtime();
    const told: string[] = [];
    started();
    deploy();
    handOver.park(hold(node('a'), 60_000, told));
    started();
    stop();
    await handOver.settled();
    assert.deepEqual(told, ['ended']);
    assert.equal(handOver.mayComeBack(60_000), false);
  });

  it('is not expected back outside of a deploy if it does not linger', () => {
    const { handOver } = runtime();
    assert.deepEqual([handOver.mayComeBack(0), handOver.mayComeBack(1)], [false, true]);
  });

  it('stays with its runtime, where a process has two', () => {
    const [one, other] = [runtime(), runtime()];
    one.handOver.park(hold(node('a'), 60_000));
    assert.equal(other.handOver.take(node('a')), undefined);
    assert.notEqual(one.handOver.take(node('a')), undefined);
  });

  it('of two nodes with one name: the earlier one ends', () => {
    const { handOver } = runtime();
    const told: string[] = [];
    handOver.park(hold(node('a'), 60_000, told));
    const latest = hold(node('a'), 60_000);
    handOver.park(latest);
    assert.deepEqual(told, ['ended']);
    assert.equal(handOver.take(node('a')), latest);
  });
});
