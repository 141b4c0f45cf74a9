import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { handOverOf } from '../../src/runtime/hand-over/hand-over';
import { Inlet, type InletParts } from '../../src/runtime/hand-over/inlet';
import { watchShutdown } from '../../src/runtime/shutdown';

describe('what arrives at a source', () => {
  function runtime() {
    const events = new EventEmitter();
    const handOver = handOverOf(watchShutdown(events));
    let configs = 0;
    return {
      handOver,
      stop: () => events.emit('flows:stopping', { config: (configs += 1) }),
      start: (diff?: object) => events.emit('flows:starting', { config: configs, diff }),
      started: (diff?: object) => events.emit('flows:started', { config: configs, diff }),
    };
  }

  function inlet(
    handOver: InletParts<string>['handOver'],
    got: string[],
    more: Partial<InletParts<string>> = {},
  ): Inlet<string> {
    return new Inlet({
      handOver,
      deliver: (item) => got.push(item),
      sizeOf: (item) => item.length,
      overflowed: (dropped) => got.push(`${dropped} dropped`),
      ...more,
    });
  }

  it('goes on at once while the flows run', () => {
    const got: string[] = [];
    inlet(runtime().handOver, got).push('a');
    assert.deepEqual(got, ['a']);
  });

  it('waits while nodes are being made, then goes first and in order', () => {
    const { handOver, start, started } = runtime();
    const got: string[] = [];
    start();
    const one = inlet(handOver, got);
    for (const item of ['a', 'b']) one.push(item);
    assert.deepEqual([got, one.waiting], [[], 2]);
    started();
    one.push('c');
    assert.deepEqual([got, one.waiting], [['a', 'b', 'c'], 0]);
  });

  it('is not let go by the end of a start that a deploy has overtaken', () => {
    const { handOver, stop, start, started } = runtime();
    const got: string[] = [];
    const [first, second] = [{}, {}];
    start(first);
    stop();
    start(second);
    inlet(handOver, got).push('a');
    started(first);
    assert.deepEqual(got, []);
    started(second);
    assert.deepEqual(got, ['a']);
  });

  it('of a closed node waits for its successor, and so does what still comes the old way', () => {
    const { handOver, stop, start, started } = runtime();
    const [before, after]: string[][] = [[], []];
    const former = inlet(handOver, before ?? []);
    former.push('a');
    stop();
    former.hold();
    former.push('b');
    start();
    const successor = inlet(handOver, after ?? []);
    successor.push('d');
    former.push('c');
    successor.takeOver(former);
    former.push('e');
    assert.deepEqual([before, after], [['a'], []]);
    started();
    former.push('f');
    assert.deepEqual([before, after], [['a'], ['b', 'c', 'd', 'e', 'f']]);
  });

  it('waits within limits: the oldest go, and that is told once', () => {
    const { handOver, start, started } = runtime();
    const got: string[] = [];
    start();
    const one = inlet(handOver, got, { limits: { maxCount: 3, maxBytes: 10 } });
    for (const item of ['a', 'b', 'c', 'd', 'eeeee', 'fffff']) one.push(item);
    started();
    one.push('g');
    assert.deepEqual(got, ['4 dropped', 'eeeee', 'fffff', 'g']);
  });

  it('stays in order when the flow takes its time, and new ones come meanwhile', () => {
    const { handOver, start, started } = runtime();
    const got: string[] = [];
    start();
    const one: Inlet<string> = inlet(handOver, got, {
      deliver: (item) => {
        got.push(item);
        if (item === 'a') one.push('c');
      },
    });
    for (const item of ['a', 'b']) one.push(item);
    started();
    assert.deepEqual(got, ['a', 'b', 'c']);
  });
});
